package io.hindspan.httpclient;

import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.propagation.ContextPropagators;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.WebClient;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Describes the requests of WebClient, and traces the clients that Spring Boot's builders
 * have not made.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(WebClient.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("httpclient")
@EnableConfigurationProperties(HttpClientTracingProperties.class)
@ImportRuntimeHints(HttpClientRuntimeHints.class)
public final class WebClientTracingAutoConfiguration {

	@Bean
	WebClientSpanConvention webClientSpanConvention(CalleeVerdict calleeVerdict) {
		return new WebClientSpanConvention(calleeVerdict);
	}

	@Bean
	WebClientTracing webClientTracing(ObservationRegistry registry, ContextPropagators propagators,
			ObjectProvider<ClientRequestObservationConvention> conventions,
			ObjectProvider<ObservationProperties> properties) {
		return new WebClientTracing(registry, () -> conventions.getIfUnique(() -> named(properties)),
				propagators.getTextMapPropagator());
	}

	/**
	 * As Spring Boot names the observations of the clients that it builds.
	 */
	private static ClientRequestObservationConvention named(ObjectProvider<ObservationProperties> properties) {
		String name = properties.getIfAvailable(ObservationProperties::new)
			.getHttp()
			.getClient()
			.getRequests()
			.getName();
		return new DefaultClientRequestObservationConvention(name);
	}

	@Bean
	static WebClientPostProcessor tracingWebClientPostProcessor(ObjectProvider<WebClientTracing> tracing) {
		return new WebClientPostProcessor(tracing);
	}

}
