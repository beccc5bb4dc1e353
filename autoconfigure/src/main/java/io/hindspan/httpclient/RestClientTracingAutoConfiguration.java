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
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;
import org.springframework.web.client.RestClient;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Describes the requests of RestTemplate and RestClient, and traces the clients that
 * Spring Boot's builders have not made.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(RestClient.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("httpclient")
@EnableConfigurationProperties(HttpClientTracingProperties.class)
@ImportRuntimeHints(HttpClientRuntimeHints.class)
public final class RestClientTracingAutoConfiguration {

	@Bean
	RestClientSpanConvention restClientSpanConvention(CalleeVerdict calleeVerdict) {
		return new RestClientSpanConvention(calleeVerdict);
	}

	@Bean
	RestClientTracing restClientTracing(ObservationRegistry registry, ContextPropagators propagators,
			ObjectProvider<ClientRequestObservationConvention> conventions,
			ObjectProvider<ObservationProperties> properties) {
		return new RestClientTracing(registry, () -> conventions.getIfUnique(() -> named(properties)),
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
	static RestClientPostProcessor tracingRestClientPostProcessor(ObjectProvider<RestClientTracing> tracing) {
		return new RestClientPostProcessor(tracing);
	}

}
