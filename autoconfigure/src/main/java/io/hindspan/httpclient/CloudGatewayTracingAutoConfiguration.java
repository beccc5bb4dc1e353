package io.hindspan.httpclient;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.gateway.config.GatewayTracingAutoConfiguration;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayPropagatingSenderTracingObservationHandler;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Describes the requests that Spring Cloud Gateway on WebFlux passes on.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class, before = GatewayTracingAutoConfiguration.class)
@ConditionalOnClass(GatewayContext.class)
@ConditionalOnBean({ InstrumentationTracers.class, Propagator.class })
@ConditionalOnHindspan("httpclient")
@EnableConfigurationProperties(HttpClientTracingProperties.class)
public final class CloudGatewayTracingAutoConfiguration {

	@Bean
	GatewaySpanConvention gatewaySpanConvention(ContextPropagators propagators, CalleeVerdict calleeVerdict) {
		return new GatewaySpanConvention(propagators.getTextMapPropagator(), calleeVerdict);
	}

	@Bean
	GatewayResponseHeadersFilter gatewayResponseHeadersFilter() {
		return new GatewayResponseHeadersFilter();
	}

	/**
	 * In the place of the gateway's own handler, which would make a span that no
	 * convention describes.
	 */
	@Bean
	@ConditionalOnMissingBean
	GatewayPropagatingSenderTracingObservationHandler gatewayPropagatingSenderTracingObservationHandler(Tracer tracer,
			Propagator propagator) {
		return new GatewayPropagatingSenderTracingObservationHandler(tracer, propagator, List.of()) {

			@Override
			public boolean supportsContext(Observation.Context context) {
				return false;
			}

		};
	}

}
