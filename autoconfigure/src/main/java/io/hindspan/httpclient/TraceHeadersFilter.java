package io.hindspan.httpclient;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Has the last word on the headers that carry the trace, where a filter before it may
 * have copied those of an incoming request.
 */
final class TraceHeadersFilter implements ExchangeFilterFunction {

	private final Collection<String> fields;

	TraceHeadersFilter(TextMapPropagator propagator) {
		this.fields = List.copyOf(propagator.fields());
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.deferContextual((context) -> {
			ClientRequest observed = observed(context);
			return next.exchange((observed != null) ? withHeadersOf(observed, request) : request);
		});
	}

	private @Nullable ClientRequest observed(ContextView context) {
		Object observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
		return (observation instanceof Observation current
				&& current.getContext() instanceof ClientRequestObservationContext observed) ? observed.getRequest()
						: null;
	}

	private ClientRequest withHeadersOf(ClientRequest observed, ClientRequest request) {
		HttpHeaders wanted = observed.headers();
		HttpHeaders given = request.headers();
		ClientRequest.Builder builder = null;
		for (String field : this.fields) {
			List<String> values = wanted.get(field);
			if (values != null && !Objects.equals(values, given.get(field))) {
				builder = (builder != null) ? builder : ClientRequest.from(request);
				builder.headers((headers) -> headers.put(field, values));
			}
		}
		return (builder != null) ? builder.build() : request;
	}

}
