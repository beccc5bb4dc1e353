package io.hindspan.web;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;
import io.hindspan.span.UntracedRequests;

/**
 * Describes the requests of a WebFlux application and puts the trace id on its responses.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("web")
@EnableConfigurationProperties(WebTracingProperties.class)
public final class WebFluxTracingAutoConfiguration {

	@Bean
	ReactiveSpanConvention reactiveSpanConvention(WebTracingProperties properties, TrustedCallers trustedCallers,
			ObjectProvider<UntracedRequests> untraced) {
		UntracedRequests untracedRequests = untraced.getIfAvailable(UntracedRequests::none);
		return new ReactiveSpanConvention(new TraceResponse(properties, untracedRequests), trustedCallers,
				untracedRequests);
	}

}
