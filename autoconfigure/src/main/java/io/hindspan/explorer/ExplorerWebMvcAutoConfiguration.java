package io.hindspan.explorer;

import io.micrometer.observation.ObservationPredicate;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.DispatcherServlet;

import io.hindspan.span.UntracedRequests;

/**
 * Puts the explorer into Spring MVC.
 */
@AutoConfiguration(after = ExplorerAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, DispatcherServletPath.class })
@ConditionalOnBean(Explorer.class)
public final class ExplorerWebMvcAutoConfiguration {

	/** The bean that makes the spans of requests, where tracing of them is on. */
	private static final String CONVENTION = "servletSpanConvention";

	@Bean
	ExplorerHandlerMapping explorerHandlerMapping(Explorer explorer, ExplorerProperties properties) {
		return new ExplorerHandlerMapping(new ServletExplorer(explorer, properties.path()), properties.path());
	}

	@Bean
	UntracedRequests explorerRequests(ExplorerProperties properties, ObjectProvider<DispatcherServletPath> servlet) {
		return ExplorerPaths.untraced(path(properties, servlet));
	}

	/**
	 * Where nothing of Hindspan makes the requests' spans, none is made by leaving out
	 * their observations.
	 */
	@Bean
	ObservationPredicate explorerObservations(ObjectProvider<UntracedRequests> untraced, BeanFactory beans) {
		if (beans.containsBean(CONVENTION)) {
			return (name, context) -> true;
		}
		SingletonSupplier<UntracedRequests> requests = SingletonSupplier.of(untraced::getObject);
		return (name, context) -> !(context instanceof ServerRequestObservationContext request
				&& requests.obtain().contain(path(request)));
	}

	private static String path(ServerRequestObservationContext context) {
		String path = context.getCarrier().getRequestURI();
		String application = context.getCarrier().getContextPath();
		return path.startsWith(application) ? path.substring(application.length()) : path;
	}

	@Bean
	ExplorerAddress explorerAddress(ExplorerProperties properties, ObjectProvider<DispatcherServletPath> servlet,
			Environment environment) {
		return new ExplorerAddress(
				environment.getProperty("server.servlet.context-path", "") + path(properties, servlet));
	}

	private static String path(ExplorerProperties properties, ObjectProvider<DispatcherServletPath> servlet) {
		DispatcherServletPath dispatcher = servlet.getIfAvailable();
		return (dispatcher != null) ? dispatcher.getRelativePath(properties.path()) : properties.path();
	}

}
