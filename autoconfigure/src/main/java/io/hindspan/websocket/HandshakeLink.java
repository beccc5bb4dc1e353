package io.hindspan.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

import io.hindspan.propagation.TrustedCallers;

/**
 * Keeps the span of the handshake with the session, for the links of its messages.
 */
final class HandshakeLink implements HandshakeInterceptor {

	private static final String ATTRIBUTE = HandshakeLink.class.getName();

	private static final String TRUSTED = ATTRIBUTE + ".trusted";

	private final Supplier<TrustedCallers> trustedCallers;

	HandshakeLink(Supplier<TrustedCallers> trustedCallers) {
		this.trustedCallers = trustedCallers;
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		SpanContext handshake = Span.current().getSpanContext();
		if (handshake.isValid()) {
			attributes.put(ATTRIBUTE, handshake);
		}
		if (isTrusted(request)) {
			attributes.put(TRUSTED, Boolean.TRUE);
		}
		return true;
	}

	/**
	 * By the texts of addresses: Spring's own address may be a name that a header tells,
	 * and asks a name server for it.
	 */
	private boolean isTrusted(ServerHttpRequest handshake) {
		TrustedCallers callers = this.trustedCallers.get();
		if (callers.trustEverybody() || !(handshake instanceof ServletServerHttpRequest servlet)) {
			return callers.trustEverybody();
		}
		HttpServletRequest request = servlet.getServletRequest();
		List<@Nullable String> addresses = new ArrayList<>();
		addresses.add(request.getRemoteAddr());
		while (request instanceof HttpServletRequestWrapper wrapper
				&& wrapper.getRequest() instanceof HttpServletRequest wrapped) {
			request = wrapped;
			addresses.add(request.getRemoteAddr());
		}
		ServletServerHttpRequest sent = new ServletServerHttpRequest(request);
		return callers.trustWay(addresses, sent.getHeaders().getOrEmpty("Forwarded"),
				sent.getHeaders().getOrEmpty("X-Forwarded-For"));
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

	/**
	 * Whether the headers of a message are believed: those of a session whose client was
	 * trusted when he opened it.
	 */
	static boolean isTrusted(Message<?> message, TrustedCallers trustedCallers) {
		if (trustedCallers.trustEverybody()) {
			return true;
		}
		Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
		return attributes != null && attributes.containsKey(TRUSTED);
	}

	static @Nullable SpanContext of(Message<?> message) {
		Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
		return (attributes != null && attributes.get(ATTRIBUTE) instanceof SpanContext handshake) ? handshake : null;
	}

}
