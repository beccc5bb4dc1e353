package io.hindspan.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.observation.ServerRequestObservationContext;

import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;
import io.hindspan.span.UntracedRequests;

/**
 * Describes the requests of a servlet application.
 */
final class ServletSpanConvention implements SpanConvention<ServerRequestObservationContext> {

	static final String HANDLED_EXCEPTION = ServletSpanConvention.class.getName() + ".handledException";

	private final TraceResponse traceResponse;

	private final TrustedCallers trustedCallers;

	private final UntracedRequests untraced;

	ServletSpanConvention(TraceResponse traceResponse, TrustedCallers trustedCallers, UntracedRequests untraced) {
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
	 * A filter before may have put the address there that a header tells. The caller that
	 * it names, the one who sends it and everybody between them must be trusted.
	 */
	@Override
	public boolean trustsSender(ServerRequestObservationContext context) {
		if (this.trustedCallers.trustEverybody()) {
			return true;
		}
		HttpServletRequest request = context.getCarrier();
		List<@Nullable String> addresses = new ArrayList<>();
		addresses.add(request.getRemoteAddr());
		while (request instanceof HttpServletRequestWrapper wrapper
				&& wrapper.getRequest() instanceof HttpServletRequest wrapped) {
			request = wrapped;
			addresses.add(request.getRemoteAddr());
		}
		return this.trustedCallers.trustWay(addresses, values(request, "Forwarded"),
				values(request, "X-Forwarded-For"));
	}

	private static List<String> values(HttpServletRequest request, String header) {
		Enumeration<String> values = request.getHeaders(header);
		return (values != null) ? Collections.list(values) : List.of();
	}

	@Override
	public Context parent(ServerRequestObservationContext context, Context found) {
		HttpServletRequest request = context.getCarrier();
		String path = request.getRequestURI();
		String application = request.getContextPath();
		if (application != null && path.startsWith(application)) {
			path = path.substring(application.length());
		}
		return this.untraced.contain(path) ? this.untraced.in(found) : found;
	}

	@Override
	public boolean leavesOut(ServerRequestObservationContext context, Span parent) {
		return this.untraced.have(parent.getSpanContext());
	}

	@Override
	public String nameAtStart(ServerRequestObservationContext context) {
		return ServerSpan.name(context.getCarrier().getMethod(), null);
	}

	@Override
	public void attributesAtStart(ServerRequestObservationContext context, SpanAttributes attributes) {
		HttpServletRequest request = context.getCarrier();
		ServerSpan.method(attributes, request.getMethod());
		attributes.put(WebAttributes.PATH, request.getRequestURI());
		attributes.put(WebAttributes.SCHEME, request.getScheme());
		attributes.put(WebAttributes.SERVER_ADDRESS, request.getServerName());
		attributes.put(WebAttributes.SERVER_PORT, request.getServerPort());
		attributes.put(WebAttributes.USER_AGENT, request.getHeader(HttpHeaders.USER_AGENT));
	}

	@Override
	public void started(ServerRequestObservationContext context, Span span) {
		HttpServletResponse response = context.getResponse();
		if (response != null) {
			this.traceResponse.write(span.getSpanContext(), response::setHeader);
		}
	}

	@Override
	public @Nullable String nameAtEnd(ServerRequestObservationContext context) {
		return ServerSpan.name(context.getCarrier().getMethod(), context.getPathPattern());
	}

	@Override
	public void attributesAtEnd(ServerRequestObservationContext context, SpanAttributes attributes) {
		HttpServletRequest request = context.getCarrier();
		String protocol = request.getProtocol();
		if (protocol != null && protocol.startsWith("HTTP/")) {
			attributes.put(WebAttributes.PROTOCOL_VERSION, version(protocol));
		}
		attributes.put(WebAttributes.PEER_ADDRESS, request.getRemoteAddr());
		attributes.put(WebAttributes.CLIENT_ADDRESS, request.getRemoteAddr());
		if (request.getRemotePort() > 0) {
			attributes.put(WebAttributes.PEER_PORT, request.getRemotePort());
		}
		long requestSize = request.getContentLengthLong();
		if (requestSize >= 0) {
			attributes.put(WebAttributes.REQUEST_SIZE, requestSize);
		}
		attributes.put(WebAttributes.ROUTE, context.getPathPattern());
		HttpServletResponse response = context.getResponse();
		if (response != null) {
			attributes.put(WebAttributes.STATUS, response.getStatus());
			responseSize(response, attributes);
		}
	}

	private String version(String protocol) {
		return switch (protocol) {
			case "HTTP/1.1" -> "1.1";
			case "HTTP/2.0", "HTTP/2" -> "2";
			case "HTTP/1.0" -> "1.0";
			default -> protocol.substring("HTTP/".length());
		};
	}

	private void responseSize(HttpServletResponse response, SpanAttributes attributes) {
		String length = response.getHeader(HttpHeaders.CONTENT_LENGTH);
		if (length == null) {
			return;
		}
		try {
			attributes.put(WebAttributes.RESPONSE_SIZE, Long.parseLong(length));
		}
		catch (NumberFormatException ex) {
			// The application's business, and no size
		}
	}

	@Override
	public SpanOutcome outcome(ServerRequestObservationContext context) {
		HttpServletResponse response = context.getResponse();
		Throwable exception = context.getError();
		if (exception == null) {
			exception = (Throwable) context.getCarrier().getAttribute(HANDLED_EXCEPTION);
		}
		return ServerSpan.outcome((response != null) ? response.getStatus() : 0, exception);
	}

	@Override
	public boolean covers(String key) {
		return ServerSpan.covers(key);
	}

}
