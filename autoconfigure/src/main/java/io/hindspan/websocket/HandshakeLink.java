package io.hindspan.websocket;

import java.util.Map;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Keeps the span of the handshake with the session, for the links of its messages.
 */
final class HandshakeLink implements HandshakeInterceptor {

	private static final String ATTRIBUTE = HandshakeLink.class.getName();

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		SpanContext handshake = Span.current().getSpanContext();
		if (handshake.isValid()) {
			attributes.put(ATTRIBUTE, handshake);
		}
		return true;
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

	static @Nullable SpanContext of(Message<?> message) {
		Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
		return (attributes != null && attributes.get(ATTRIBUTE) instanceof SpanContext handshake) ? handshake : null;
	}

}
