package io.hindspan.websocket;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.WebSocketHandler;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces STOMP messages over WebSocket, from clients and to them.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass({ WebSocketHandler.class, SimpMessagingTemplate.class, HandlerMapping.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("websocket")
@EnableConfigurationProperties(WebSocketTracingProperties.class)
@ImportRuntimeHints(WebSocketRuntimeHints.class)
public final class WebSocketTracingAutoConfiguration {

	@Bean
	static MessagingPostProcessor tracingMessagingPostProcessor(ObjectProvider<InstrumentationTracers> tracers,
			ObjectProvider<TrustedCallers> trustedCallers, ObjectProvider<WebSocketTracingProperties> properties) {
		return new MessagingPostProcessor(tracers, trustedCallers, properties);
	}

}
