package io.hindspan.httpclient;

import java.io.IOException;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Has the last word on the headers that carry the trace, where an interceptor before it
 * may have copied those of an incoming request.
 */
final class TraceHeadersInterceptor implements ClientHttpRequestInterceptor, Ordered {

	private final TextMapPropagator propagator;

	TraceHeadersInterceptor(TextMapPropagator propagator) {
		this.propagator = propagator;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		this.propagator.inject(Context.current(), request.getHeaders(), HttpHeaders::set);
		return execution.execute(request, body);
	}

}
