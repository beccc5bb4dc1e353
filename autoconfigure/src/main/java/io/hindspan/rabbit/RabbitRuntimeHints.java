package io.hindspan.rabbit;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.listener.ConditionalRejectingErrorHandler;
import org.springframework.amqp.rabbit.config.StatefulRetryOperationsInterceptor;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.util.ReflectionUtils;

/**
 * What {@link FieldReader} reads.
 */
final class RabbitRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		register(hints, AbstractMessageListenerContainer.class, ListenerContainers.ADVICES);
		register(hints, AbstractMessageListenerContainer.class, DeliveryOutcome.REQUEUE_REJECTED);
		register(hints, AbstractMessageListenerContainer.class, "errorHandler");
		register(hints, ConditionalRejectingErrorHandler.class, "exceptionStrategy");
		register(hints, StatefulRetryOperationsInterceptor.class, RetryLimit.STATEFUL_POLICY);
		register(hints, StatelessRetryOperationsInterceptor.class, "retryOperations");
		register(hints, RetryTemplate.class, "retryPolicy");
	}

	private static void register(RuntimeHints hints, Class<?> type, String name) {
		Field field = ReflectionUtils.findField(type, name);
		if (field != null) {
			hints.reflection().registerField(field);
		}
	}

}
