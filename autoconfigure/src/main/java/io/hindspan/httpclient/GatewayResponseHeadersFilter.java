package io.hindspan.httpclient;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

import io.hindspan.propagation.CalleeVerdict;

/**
 * Takes what a called service says of the trace out of its response, for the span of that
 * request: the gateway's own response tells of the gateway, and says what is the same of
 * both, such as the trace's id, once. Thread-safe.
 */
final class GatewayResponseHeadersFilter implements HttpHeadersFilter, Ordered {

	private static final String ATTRIBUTE = GatewayResponseHeadersFilter.class.getName();

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Type type) {
		return type == Type.RESPONSE;
	}

	@Override
	public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
		String traceResponse = input.getFirst(CalleeVerdict.TRACE_RESPONSE);
		if (traceResponse == null) {
			return input;
		}
		exchange.getAttributes().put(ATTRIBUTE, traceResponse);
		HttpHeaders filtered = HttpHeaders.copyOf(input);
		filtered.remove(CalleeVerdict.TRACE_RESPONSE);
		for (Map.Entry<String, List<String>> own : exchange.getResponse().getHeaders().headerSet()) {
			if (own.getValue().equals(input.get(own.getKey()))) {
				filtered.remove(own.getKey());
			}
		}
		return filtered;
	}

	/**
	 * What the called service said.
	 * @return the header's value, or {@code null} if there was none
	 */
	static @Nullable String traceResponse(ServerWebExchange exchange) {
		return exchange.getAttribute(ATTRIBUTE);
	}

}
