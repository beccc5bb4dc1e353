package io.hindspan.httpclient;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Traces RestTemplate and RestClient objects that neither came from a builder of Spring
 * Boot nor are beans, which are traced without being asked for. Inject it where such a
 * client is made:
 *
 * <pre class="code">
 * this.client = tracing.trace(RestClient.create("https://notifier.example"));
 * </pre>
 *
 * A bean that is there also where tracing is off. Thread-safe.
 */
public final class RestClientTracing {

	private final boolean on;

	private final ObservationRegistry registry;

	private final Supplier<ClientRequestObservationConvention> convention;

	private final TraceHeadersInterceptor traceHeaders;

	/**
	 * Leaves all clients alone.
	 */
	RestClientTracing() {
		this(false, ObservationRegistry.NOOP, DefaultClientRequestObservationConvention::new, TextMapPropagator.noop());
	}

	RestClientTracing(ObservationRegistry registry, Supplier<ClientRequestObservationConvention> convention,
			TextMapPropagator propagator) {
		this(true, registry, convention, propagator);
	}

	private RestClientTracing(boolean on, ObservationRegistry registry,
			Supplier<ClientRequestObservationConvention> convention, TextMapPropagator propagator) {
		this.on = on;
		this.registry = registry;
		this.convention = convention;
		this.traceHeaders = new TraceHeadersInterceptor(propagator);
	}

	/**
	 * Traces a RestTemplate, unless it is observed already. To be called when its
	 * interceptors are complete.
	 * @param template the template, which is changed
	 * @return the same template
	 */
	public RestTemplate trace(RestTemplate template) {
		ObservationRegistry given = template.getObservationRegistry();
		// None at all has only an imitation in a test
		if (!this.on || given == null) {
			return template;
		}
		if (given.isNoop()) {
			template.setObservationRegistry(this.registry);
			if (template.getObservationConvention() == null) {
				template.setObservationConvention(this.convention.get());
			}
		}
		if (needsTraceHeaders(template.getInterceptors())) {
			List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>(template.getInterceptors());
			putLast(interceptors);
			template.setInterceptors(interceptors);
		}
		return template;
	}

	/**
	 * Traces a RestClient, unless it is observed already.
	 * @param client the client, which is not changed
	 * @return a traced client with the same settings, or the same client if it was not
	 * made by Spring's own builder
	 */
	public RestClient trace(RestClient client) {
		if (!this.on || !ObservedField.isSpring(client)) {
			return client;
		}
		List<?> interceptors = ObservedField.read(client, "interceptors", List.class);
		boolean incomplete = interceptors != null && needsTraceHeaders(interceptors);
		if (isObserved(client) && !incomplete) {
			return client;
		}
		RestClient.Builder builder = trace(client.mutate());
		// Asked for its interceptors, a builder without any makes requests be buffered
		return (incomplete ? builder.requestInterceptors(this::putLast) : builder).build();
	}

	/**
	 * Makes the clients of a builder traced, unless they are observed already.
	 * @param builder the builder, which is changed
	 * @return the same builder
	 */
	public RestClient.Builder trace(RestClient.Builder builder) {
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

	/**
	 * Without interceptors nobody copies headers, and the first interceptor would make
	 * requests be buffered.
	 */
	private boolean needsTraceHeaders(List<?> interceptors) {
		return !interceptors.isEmpty() && interceptors.get(interceptors.size() - 1) != this.traceHeaders;
	}

	private void putLast(List<ClientHttpRequestInterceptor> interceptors) {
		if (needsTraceHeaders(interceptors)) {
			interceptors.remove(this.traceHeaders);
			interceptors.add(this.traceHeaders);
		}
	}

}
