package io.hindspan.propagation;

import java.util.List;

import io.opentelemetry.context.propagation.TextMapPropagator;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of propagation. W3C and B3 are chosen by Spring Boot's own
 * {@code management.tracing.propagation.*}.
 *
 * @param enabled whether Hindspan's own propagators read and write trace headers, instead
 * of Spring Boot's
 * @param produce the formats that are written besides those of
 * management.tracing.propagation
 * @param consume the formats that are read after those of management.tracing.propagation,
 * where these found no trace
 * @param trustedCallers the networks and addresses of the callers whose trace headers are
 * believed, such as 10.0.0.0/8, or all, or none; anybody else's request begins a trace of
 * its own, linked to his
 * @param trustedHosts the names, networks and addresses of the called services that may
 * have a trace kept, such as *.internal.example, or all, or none
 */
@ConfigurationProperties("hindspan.propagation")
record PropagationProperties(@DefaultValue("true") boolean enabled, @DefaultValue List<Format> produce,
		@DefaultValue List<Format> consume, @DefaultValue("all") List<String> trustedCallers,
		@DefaultValue("all") List<String> trustedHosts) {

	/**
	 * The formats that Spring Boot has no name for.
	 */
	enum Format {

		/** Jaeger's header {@code uber-trace-id}. */
		JAEGER,

		/** AWS X-Ray's header {@code X-Amzn-Trace-Id}. */
		XRAY;

		TextMapPropagator propagator() {
			return switch (this) {
				case JAEGER -> new BoundedJaegerPropagator();
				case XRAY -> new XRayPropagator();
			};
		}

	}

}
