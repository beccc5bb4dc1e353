package io.hindspan.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;

import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;

/**
 * Traces the messages of the channels that {@code @EnableWebSocketMessageBroker} makes.
 */
final class MessagingPostProcessor implements BeanPostProcessor {

	private static final String INBOUND = "clientInboundChannel";

	private static final String BROKER = "brokerChannel";

	private final Supplier<@Nullable InstrumentationTracers> tracers;

	private final Supplier<TrustedCallers> trustedCallers;

	private final ObjectProvider<WebSocketTracingProperties> properties;

	MessagingPostProcessor(ObjectProvider<InstrumentationTracers> tracers,
			ObjectProvider<TrustedCallers> trustedCallers, ObjectProvider<WebSocketTracingProperties> properties) {
		this.tracers = SingletonSupplier.ofNullable(tracers::getIfAvailable);
		this.trustedCallers = SingletonSupplier.of(trustedCallers::getObject);
		this.properties = properties;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractSubscribableChannel channel) {
			if (beanName.equals(INBOUND)) {
				channel.addInterceptor(new HandlingInterceptor(this.tracers, this.trustedCallers));
			}
			else if (beanName.equals(BROKER)) {
				channel.addInterceptor(0,
						new SendingInterceptor(this.tracers, this.properties.getObject().tellSubscribers()));
			}
		}
		else if (bean instanceof SimpAnnotationMethodMessageHandler handler) {
			new UnhandledExceptions().askedBy(handler);
		}
		else if (bean instanceof WebSocketHandlerMapping mapping) {
			linkHandshakes(mapping);
		}
		return bean;
	}

	private void linkHandshakes(AbstractUrlHandlerMapping mapping) {
		HandshakeLink link = new HandshakeLink(this.trustedCallers);
		for (Object handler : mapping.getHandlerMap().values()) {
			if (handler instanceof WebSocketHttpRequestHandler webSocket) {
				webSocket.setHandshakeInterceptors(with(webSocket.getHandshakeInterceptors(), link));
			}
			else if (handler instanceof SockJsHttpRequestHandler sockJs
					&& sockJs.getSockJsService() instanceof TransportHandlingSockJsService service) {
				service.setHandshakeInterceptors(with(service.getHandshakeInterceptors(), link));
			}
		}
	}

	private static List<HandshakeInterceptor> with(List<HandshakeInterceptor> interceptors, HandshakeInterceptor own) {
		List<HandshakeInterceptor> all = new ArrayList<>(interceptors);
		all.add(own);
		return all;
	}

}
