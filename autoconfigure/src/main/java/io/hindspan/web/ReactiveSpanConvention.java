package io.hindspan.web;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import reactor.core.publisher.Mono;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;
import io.hindspan.span.UntracedRequests;
import io.hindspan.span.Verdict;

/**
 * Describes the requests of a reactive application.
 */
final class ReactiveSpanConvention implements SpanConvention<ServerRequestObservationContext> {

	private static final String GATEWAY_PATTERN = "org.springframework.cloud.gateway.support.ServerWebExchangeUtils"
			+ ".gatewayPredicateMatchedPathAttr";

	private final TraceResponse traceResponse;

	private final TrustedCallers trustedCallers;

	private final UntracedRequests untraced;

	ReactiveSpanConvention(TraceResponse traceResponse, TrustedCallers trustedCallers, UntracedRequests untraced) {
		this.traceResponse = traceResponse;
		this.trustedCallers = trustedCallers;
		this.untraced = untraced;
	}

	@Override
	public Class<ServerRequestObservationContext> contextType() {
		return ServerRequestObservationContext.class;
	}

	@Override
	public String instrumentationScope() {
		return ServerSpan.SCOPE;
	}

	@Override
	public SpanKind kind(ServerRequestObservationContext context) {
		return SpanKind.SERVER;
	}

	/**
	 * The server may have taken the address from a header. Everybody whom that names must
	 * be trusted then.
	 */
	@Override
	public boolean trustsSender(ServerRequestObservationContext context) {
		if (this.trustedCallers.trustEverybody()) {
			return true;
		}
		InetSocketAddress caller = context.getCarrier().getRemoteAddress();
		if (caller == null || caller.getAddress() == null) {
			return false;
		}
		HttpHeaders headers = context.getCarrier().getHeaders();
		return this.trustedCallers.trustWay(List.of(caller.getAddress().getHostAddress()),
				headers.getOrEmpty("Forwarded"), headers.getOrEmpty("X-Forwarded-For"));
	}

	@Override
	public Context parent(ServerRequestObservationContext context, Context found) {
		String path = context.getCarrier().getPath().pathWithinApplication().value();
		return this.untraced.contain(path) ? this.untraced.in(found) : found;
	}

	@Override
	public boolean leavesOut(ServerRequestObservationContext context, Span parent) {
		return this.untraced.have(parent.getSpanContext());
	}

	@Override
	public String nameAtStart(ServerRequestObservationContext context) {
		return ServerSpan.name(context.getCarrier().getMethod().name(), null);
	}

	@Override
	public void attributesAtStart(ServerRequestObservationContext context, SpanAttributes attributes) {
		ServerHttpRequest request = context.getCarrier();
		URI uri = request.getURI();
		ServerSpan.method(attributes, request.getMethod().name());
		attributes.put(WebAttributes.PATH, uri.getRawPath());
		attributes.put(WebAttributes.SCHEME, uri.getScheme());
		attributes.put(WebAttributes.SERVER_ADDRESS, uri.getHost());
		int port = port(uri);
		if (port > 0) {
			attributes.put(WebAttributes.SERVER_PORT, port);
		}
		attributes.put(WebAttributes.USER_AGENT, request.getHeaders().getFirst(HttpHeaders.USER_AGENT));
	}

	private int port(URI uri) {
		if (uri.getPort() > 0) {
			return uri.getPort();
		}
		return "https".equals(uri.getScheme()) ? 443 : 80;
	}

	@Override
	public void started(ServerRequestObservationContext context, Span span) {
		ServerHttpResponse response = context.getResponse();
		if (response != null && !response.isCommitted()) {
			this.traceResponse.write(span.getSpanContext(), response.getHeaders()::set);
			Verdict verdict = span.getSpanContext().isSampled() ? null : Verdict.of(span.getSpanContext());
			if (verdict != null && this.traceResponse.tellsVerdict()) {
				response.beforeCommit(() -> {
					beforeCommit(response, span.getSpanContext(), verdict);
					return Mono.empty();
				});
			}
		}
	}

	private void beforeCommit(ServerHttpResponse response, SpanContext span, Verdict verdict) {
		HttpStatusCode status = response.getStatusCode();
		if (status != null && ServerSpan.isError(status.value())) {
			verdict.keep(TraceResponse.ERROR);
		}
		if (verdict.isKept()) {
			HttpHeaders headers = response.getHeaders();
			this.traceResponse.update(span, headers.getFirst(CalleeVerdict.TRACE_RESPONSE), headers::set);
		}
	}

	@Override
	public @Nullable String nameAtEnd(ServerRequestObservationContext context) {
		return ServerSpan.name(context.getCarrier().getMethod().name(), route(context));
	}

	@Override
	public void attributesAtEnd(ServerRequestObservationContext context, SpanAttributes attributes) {
		ServerHttpRequest request = context.getCarrier();
		InetSocketAddress peer = request.getRemoteAddress();
		if (peer != null && peer.getAddress() != null) {
			attributes.put(WebAttributes.PEER_ADDRESS, peer.getAddress().getHostAddress());
			attributes.put(WebAttributes.CLIENT_ADDRESS, peer.getAddress().getHostAddress());
			attributes.put(WebAttributes.PEER_PORT, peer.getPort());
		}
		long requestSize = request.getHeaders().getContentLength();
		if (requestSize >= 0) {
			attributes.put(WebAttributes.REQUEST_SIZE, requestSize);
		}
		attributes.put(WebAttributes.ROUTE, route(context));
		ServerHttpResponse response = context.getResponse();
		if (response != null) {
			HttpStatusCode status = response.getStatusCode();
			attributes.put(WebAttributes.STATUS, (status != null) ? status.value() : 200);
			long responseSize = response.getHeaders().getContentLength();
			if (responseSize >= 0) {
				attributes.put(WebAttributes.RESPONSE_SIZE, responseSize);
			}
		}
	}

	/**
	 * A route of Spring Cloud Gateway has a pattern that it tells nobody but itself.
	 */
	private @Nullable String route(ServerRequestObservationContext context) {
		String pattern = context.getPathPattern();
		return (pattern == null && context.getAttributes().get(GATEWAY_PATTERN) instanceof String matched) ? matched
				: pattern;
	}

	@Override
	public SpanOutcome outcome(ServerRequestObservationContext context) {
		ServerHttpResponse response = context.getResponse();
		HttpStatusCode status = (response != null) ? response.getStatusCode() : null;
		return ServerSpan.outcome((status != null) ? status.value() : 200, context.getError());
	}

	@Override
	public boolean covers(String key) {
		return ServerSpan.covers(key);
	}

}
