package io.hindspan.websocket;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of STOMP messages over WebSocket.
 *
 * @param enabled whether STOMP messages that the application handles and sends have spans
 * @param tellSubscribers whether messages to subscribers carry the trace, and baggage
 * with it, in their headers; for subscribers that are services and no browsers
 */
@ConfigurationProperties("hindspan.websocket")
record WebSocketTracingProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("false") boolean tellSubscribers) {

}
