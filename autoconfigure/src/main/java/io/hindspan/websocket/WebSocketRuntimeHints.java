package io.hindspan.websocket;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.invocation.AbstractMethodMessageHandler;
import org.springframework.util.ReflectionUtils;

/**
 * What {@link UnhandledExceptions} calls by reflection.
 */
final class WebSocketRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Method method = ReflectionUtils.findMethod(AbstractMethodMessageHandler.class, UnhandledExceptions.METHOD,
				MessagingAdviceBean.class, AbstractExceptionHandlerMethodResolver.class);
		if (method != null) {
			hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
		}
	}

}
