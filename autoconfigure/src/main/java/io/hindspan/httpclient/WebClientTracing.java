package io.hindspan.httpclient;

import java.util.List;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Traces WebClient objects that neither came from a builder of Spring Boot nor are beans,
 * which are traced without being asked for. Inject it where such a client is made:
 *
 * <pre class="code">
 * this.client = tracing.trace(WebClient.create("https://notifier.example"));
 * </pre>
 *
 * A bean that is there also where tracing is off. Thread-safe.
 */
public final class WebClientTracing {

	private final boolean on;

	private final ObservationRegistry registry;

	private final Supplier<ClientRequestObservationConvention> convention;

	private final TraceHeadersFilter traceHeaders;

	/**
	 * Leaves all clients alone.
	 */
	WebClientTracing() {
		this(false, ObservationRegistry.NOOP, DefaultClientRequestObservationConvention::new, TextMapPropagator.noop());
	}

	WebClientTracing(ObservationRegistry registry, Supplier<ClientRequestObservationConvention> convention,
			TextMapPropagator propagator) {
		this(true, registry, convention, propagator);
	}

	private WebClientTracing(boolean on, ObservationRegistry registry,
			Supplier<ClientRequestObservationConvention> convention, TextMapPropagator propagator) {
		this.on = on;
		this.registry = registry;
		this.convention = convention;
		this.traceHeaders = new TraceHeadersFilter(propagator);
	}

	/**
	 * Traces a WebClient, unless it is observed already.
	 * @param client the client, which is not changed
	 * @return a traced client with the same settings, or the same client if it was not
	 * made by Spring's own builder
	 */
	public WebClient trace(WebClient client) {
		if (!this.on || !ObservedField.isSpring(client)) {
			return client;
		}
		boolean filtered = ObservedField.read(client, "filterFunctions", ExchangeFilterFunction.class) != null;
		return (isObserved(client) && !filtered) ? client : trace(client.mutate()).filters(this::putLast).build();
	}

	/**
	 * Makes the clients of a builder traced, unless they are observed already.
	 * @param builder the builder, which is changed
	 * @return the same builder
	 */
	public WebClient.Builder trace(WebClient.Builder builder) {
		if (this.on && ObservedField.isSpring(builder) && !isObserved(builder)) {
			builder.observationRegistry(this.registry);
			if (ObservedField.read(builder, "observationConvention",
					ClientRequestObservationConvention.class) == null) {
				builder.observationConvention(this.convention.get());
			}
		}
		return builder;
	}

	private boolean isObserved(Object client) {
		ObservationRegistry given = ObservedField.read(client, "observationRegistry", ObservationRegistry.class);
		return given != null && !given.isNoop();
	}

	private void putLast(List<ExchangeFilterFunction> filters) {
		if (!filters.isEmpty()) {
			filters.remove(this.traceHeaders);
			filters.add(this.traceHeaders);
		}
	}

}
