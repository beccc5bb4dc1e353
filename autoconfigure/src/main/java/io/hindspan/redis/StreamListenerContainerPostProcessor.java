package io.hindspan.redis;

import java.lang.reflect.Field;
import java.util.List;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.stream.StreamListener;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.ConsumerStreamReadRequest;
import org.springframework.data.redis.stream.Subscription;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.core.BeanProxies;

/**
 * Traces the records of every {@link StreamMessageListenerContainer} bean. Listeners that
 * are registered with the bean are wrapped on their way in, those that were registered
 * before it was a bean where they are.
 */
final class StreamListenerContainerPostProcessor implements BeanPostProcessor, BeanFactoryAware, BeanClassLoaderAware {

	private static final Logger logger = LoggerFactory.getLogger(StreamListenerContainerPostProcessor.class);

	private final BeanProxies proxies = new BeanProxies();

	private final Supplier<ProcessSpans> spans;

	StreamListenerContainerPostProcessor(ObjectProvider<ProcessSpans> spans) {
		this.spans = SingletonSupplier.of(spans::getObject);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.proxies.setBeanFactory(beanFactory);
	}

	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		this.proxies.setClassLoader(classLoader);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// What a scoped proxy leads to is a bean as well
		if (!(bean instanceof StreamMessageListenerContainer<?, ?> container) || bean instanceof ScopedObject) {
			return bean;
		}
		try {
			wrapRegistered(container);
		}
		catch (IllegalAccessException | RuntimeException ex) {
			logger.warn("Records of listeners that were registered before '{}' was a bean are not traced", beanName,
					ex);
		}
		Object proxy = this.proxies.proxy(bean, beanName,
				(customized) -> customized.addAdvice((MethodInterceptor) this::register));
		if (proxy == null) {
			logger.warn(
					"Records of listeners that are registered with '{}' are not traced: {} is a class that cannot"
							+ " be subclassed. Declare the bean as StreamMessageListenerContainer to have them traced.",
					beanName, bean.getClass().getName());
			return bean;
		}
		return proxy;
	}

	private @Nullable Object register(MethodInvocation invocation) throws Throwable {
		if (Subscription.class.isAssignableFrom(invocation.getMethod().getReturnType())) {
			@Nullable Object[] arguments = invocation.getArguments();
			String group = null;
			for (int i = 0; i < arguments.length; i++) {
				Object argument = arguments[i];
				if (argument instanceof Consumer consumer) {
					group = consumer.getGroup();
				}
				else if (argument instanceof ConsumerStreamReadRequest<?> request) {
					group = request.getConsumer().getGroup();
				}
				else if (argument instanceof StreamListener<?, ?> listener) {
					arguments[i] = traced(listener, group);
				}
			}
		}
		return invocation.proceed();
	}

	private StreamListener<?, ?> traced(StreamListener<?, ?> listener, @Nullable String group) {
		return (listener instanceof TracedStreamListener) ? listener
				: new TracedStreamListener<>(listener, group, this.spans);
	}

	private void wrapRegistered(StreamMessageListenerContainer<?, ?> container) throws IllegalAccessException {
		Field subscriptions = ReflectionUtils.findField(container.getClass(), "subscriptions", List.class);
		if (subscriptions == null) {
			return;
		}
		subscriptions.setAccessible(true);
		for (Object subscription : (List<?>) subscriptions.get(container)) {
			Object task = value(subscription, "task");
			Object state = value(task, "pollState");
			Field listener = field(task, "listener");
			String group = (value(state, "consumer") instanceof Consumer consumer) ? consumer.getGroup() : null;
			listener.set(task, traced((StreamListener<?, ?>) listener.get(task), group));
		}
	}

	private static Object value(Object target, String name) throws IllegalAccessException {
		return field(target, name).get(target);
	}

	private static Field field(Object target, String name) {
		Field field = ReflectionUtils.findField(target.getClass(), name);
		if (field == null) {
			throw new IllegalStateException("No field " + name + " in " + target.getClass().getName());
		}
		field.setAccessible(true);
		return field;
	}

}
