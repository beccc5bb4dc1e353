package io.hindspan.websocket;

import java.lang.reflect.Method;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.invocation.AbstractMethodMessageHandler;
import org.springframework.util.ReflectionUtils;

/**
 * Is asked last for a method that handles an exception, after all advice of the
 * application, and has none: so it sees what nobody handles.
 */
final class UnhandledExceptions extends AbstractExceptionHandlerMethodResolver implements MessagingAdviceBean {

	static final String METHOD = "registerExceptionHandlerAdvice";

	private static final Logger logger = LoggerFactory.getLogger(UnhandledExceptions.class);

	UnhandledExceptions() {
		super(Map.of());
	}

	void askedBy(AbstractMethodMessageHandler<?> handler) {
		Method method = ReflectionUtils.findMethod(AbstractMethodMessageHandler.class, METHOD,
				MessagingAdviceBean.class, AbstractExceptionHandlerMethodResolver.class);
		try {
			if (method != null) {
				method.setAccessible(true);
				method.invoke(handler, this, this);
			}
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("Exceptions of message handlers are not told", ex);
		}
	}

	@Override
	public @Nullable Method resolveMethod(Throwable exception) {
		HandlingInterceptor.unhandled(exception);
		return null;
	}

	@Override
	public @Nullable Class<?> getBeanType() {
		return null;
	}

	@Override
	public Object resolveBean() {
		return this;
	}

	@Override
	public boolean isApplicableToBeanType(Class<?> beanType) {
		return true;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
