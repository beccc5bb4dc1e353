package io.hindspan.httpclient;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the requests that Spring Cloud Gateway passes on: where to, which the
 * gateway's own observation does not tell, and without the query, which it does.
 */
final class GatewaySpanConvention implements SpanConvention<GatewayContext> {

	/** The key-values of the gateway's own convention that attributes say. */
	private static final Set<String> COVERED = Set.of("error", "http.method", "http.status_code", "http.uri",
			"spring.cloud.gateway.route.uri");

	private final Collection<String> fields;

	private final CalleeVerdict calleeVerdict;

	GatewaySpanConvention(TextMapPropagator propagator, CalleeVerdict calleeVerdict) {
		this.fields = List.copyOf(propagator.fields());
		this.calleeVerdict = calleeVerdict;
	}

	@Override
	public Class<GatewayContext> contextType() {
		return GatewayContext.class;
	}

	@Override
	public String instrumentationScope() {
		return ClientSpan.SCOPE;
	}

	@Override
	public SpanKind kind(GatewayContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(GatewayContext context) {
		return ClientSpan.name(request(context).getMethod().name(), null);
	}

	@Override
	public void attributesAtStart(GatewayContext context, SpanAttributes attributes) {
		ClientSpan.request(attributes, request(context).getMethod().name(), uri(context));
	}

	/**
	 * The headers are those of the incoming request; what they say of the trace is said
	 * anew.
	 */
	@Override
	public @Nullable TextMapSetter<Object> setter(GatewayContext context) {
		HttpHeaders headers = context.getCarrier();
		if (headers != null) {
			this.fields.forEach(headers::remove);
		}
		return null;
	}

	@Override
	public void attributesAtEnd(GatewayContext context, SpanAttributes attributes) {
		int status = status(context);
		if (status > 0) {
			attributes.put(HttpClientAttributes.STATUS, status);
		}
	}

	@Override
	public void ending(GatewayContext context, Span span) {
		this.calleeVerdict.heard(span.getSpanContext(), ClientSpan.host(uri(context)),
				GatewayResponseHeadersFilter.traceResponse(context.getServerWebExchange()));
	}

	@Override
	public SpanOutcome outcome(GatewayContext context) {
		return ClientSpan.outcome(status(context), context.getError(), null, uri(context));
	}

	private static int status(GatewayContext context) {
		ServerHttpResponse response = context.getResponse();
		HttpStatusCode status = (response != null) ? response.getStatusCode() : null;
		return (status != null) ? status.value() : 0;
	}

	private static URI uri(GatewayContext context) {
		Object target = context.getServerWebExchange()
			.getAttributes()
			.get(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
		return (target instanceof URI uri) ? uri : request(context).getURI();
	}

	private static ServerHttpRequest request(GatewayContext context) {
		ServerHttpRequest request = context.getRequest();
		if (request == null) {
			throw new IllegalStateException("No request in " + context);
		}
		return request;
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
