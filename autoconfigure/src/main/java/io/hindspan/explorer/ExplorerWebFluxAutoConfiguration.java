package io.hindspan.explorer;

import java.util.Map;

import io.micrometer.observation.ObservationPredicate;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

import io.hindspan.span.UntracedRequests;

/**
 * Puts the explorer into WebFlux: behind whatever the application has at the same path,
 * and before its static resources.
 */
@AutoConfiguration(after = ExplorerAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(Explorer.class)
public final class ExplorerWebFluxAutoConfiguration {

	/** The bean that makes the spans of requests, where tracing of them is on. */
	private static final String CONVENTION = "reactiveSpanConvention";

	private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

	@Bean
	SimpleUrlHandlerMapping explorerHandlerMapping(Explorer explorer, ExplorerProperties properties) {
		String path = properties.path();
		ReactiveExplorer handler = new ReactiveExplorer(explorer, properties);
		return new SimpleUrlHandlerMapping(Map.of(path, handler, path + "/**", handler), ORDER);
	}

	@Bean
	UntracedRequests explorerRequests(ExplorerProperties properties) {
		return ExplorerPaths.untraced(properties.path());
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
		return context.getCarrier().getPath().pathWithinApplication().value();
	}

	@Bean
	ExplorerAddress explorerAddress(ExplorerProperties properties, Environment environment) {
		return new ExplorerAddress(environment.getProperty("spring.webflux.base-path", "") + properties.path());
	}

}
