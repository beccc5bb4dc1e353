package io.hindspan.web;

import jakarta.servlet.DispatcherType;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.span.UntracedRequests;

/**
 * Describes the requests of a Spring MVC application and puts the trace id on its
 * responses.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, ServerHttpObservationFilter.class, FilterRegistrationBean.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("web")
@EnableConfigurationProperties(WebTracingProperties.class)
public final class WebMvcTracingAutoConfiguration {

	private final TraceResponse traceResponse;

	private final UntracedRequests untraced;

	WebMvcTracingAutoConfiguration(WebTracingProperties properties, ObjectProvider<UntracedRequests> untraced) {
		this.untraced = untraced.getIfAvailable(UntracedRequests::none);
		this.traceResponse = new TraceResponse(properties, this.untraced);
	}

	@Bean
	ServletSpanConvention servletSpanConvention(TrustedCallers trustedCallers) {
		return new ServletSpanConvention(this.traceResponse, trustedCallers, this.untraced);
	}

	@Bean
	HandledExceptionResolver tracingHandledExceptionResolver() {
		return new HandledExceptionResolver();
	}

	@Bean
	FilterRegistrationBean<ErrorDispatchFilter> tracingErrorDispatchFilter() {
		FilterRegistrationBean<ErrorDispatchFilter> registration = new FilterRegistrationBean<>(
				new ErrorDispatchFilter(this.traceResponse));
		registration.setDispatcherTypes(DispatcherType.ERROR, DispatcherType.FORWARD);
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
		return registration;
	}

	/**
	 * After the filter that begins the request's span.
	 */
	@Bean
	FilterRegistrationBean<VerdictFilter> tracingVerdictFilter() {
		FilterRegistrationBean<VerdictFilter> registration = new FilterRegistrationBean<>(
				new VerdictFilter(this.traceResponse));
		registration.setEnabled(this.traceResponse.tellsVerdict());
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
		return registration;
	}

	@Bean
	WebMvcConfigurer tracingWebMvcConfigurer() {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(new EntryPointInterceptor()).order(Ordered.HIGHEST_PRECEDENCE);
			}

			@Override
			public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
				configurer.registerCallableInterceptors(new AsyncWorkInterceptor());
			}

		};
	}

}
