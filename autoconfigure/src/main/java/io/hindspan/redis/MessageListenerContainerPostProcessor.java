package io.hindspan.redis;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.util.function.SingletonSupplier;

/**
 * Traces the messages of every {@link RedisMessageListenerContainer} bean. The container
 * calls its listeners in a method of its own, so that one that has not been initialized
 * is replaced by a subclass with the same settings and listeners.
 */
final class MessageListenerContainerPostProcessor extends ReplacingPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(MessageListenerContainerPostProcessor.class);

	private final Supplier<ProcessSpans> spans;

	MessageListenerContainerPostProcessor(ObjectProvider<ProcessSpans> spans) {
		this.spans = SingletonSupplier.of(spans::getObject);
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (!(bean instanceof RedisMessageListenerContainer container)) {
			return bean;
		}
		RedisMessageListenerContainer copy = (bean.getClass() == RedisMessageListenerContainer.class) ? copy(container)
				: null;
		if (copy == null) {
			logger.warn("Messages of the Redis listener container '{}' are not traced: it is initialized already,"
					+ " or of a class of the application's own", beanName);
			return container;
		}
		replaced(container, beanName, copy);
		return copy;
	}

	private @Nullable RedisMessageListenerContainer copy(RedisMessageListenerContainer container) {
		try {
			if (Boolean.TRUE.equals(new DirectFieldAccessor(container).getPropertyValue("afterPropertiesSet"))) {
				return null;
			}
			RedisMessageListenerContainer copy = new TracedMessageListenerContainer(this.spans);
			CopiedFields.copy(RedisMessageListenerContainer.class, container, copy);
			return copy;
		}
		catch (IllegalAccessException | RuntimeException ex) {
			logger.debug("Could not copy a Redis listener container", ex);
			return null;
		}
	}

}
