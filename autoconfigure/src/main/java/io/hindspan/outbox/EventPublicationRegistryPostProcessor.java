package io.hindspan.outbox;

import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.core.BeanProxies;

/**
 * Traces Spring Modulith's event publication registry. The bean keeps its class.
 */
final class EventPublicationRegistryPostProcessor implements BeanPostProcessor, BeanFactoryAware, BeanClassLoaderAware {

	private static final Logger logger = LoggerFactory.getLogger(EventPublicationRegistryPostProcessor.class);

	private final BeanProxies proxies = new BeanProxies();

	private final Supplier<PublicationInterceptor> interceptor;

	EventPublicationRegistryPostProcessor(ObjectProvider<PublicationInterceptor> interceptor) {
		this.interceptor = SingletonSupplier.of(interceptor::getObject);
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
	public Object postProcessAfterInitialization(Object bean, String beanName) throws BeansException {
		// What a scoped proxy leads to is a bean as well
		if (!(bean instanceof EventPublicationRegistry) || bean instanceof ScopedObject) {
			return bean;
		}
		MethodInterceptor advice = this::invoke;
		if (AopUtils.isAopProxy(bean) && bean instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvice(0, advice);
			return bean;
		}
		Object proxy = this.proxies.proxy(bean, beanName, (factory) -> factory.addAdvice(advice));
		if (proxy == null) {
			logger.warn(
					"The events of the EventPublicationRegistry bean '{}' that are resubmitted do not go on with their "
							+ "traces: {} is a class that cannot be subclassed. Declare the bean as "
							+ "EventPublicationRegistry to have them traced.",
					beanName, bean.getClass().getName());
			return bean;
		}
		return proxy;
	}

	private @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		PublicationInterceptor interceptor;
		try {
			interceptor = this.interceptor.get();
		}
		catch (BeansException | IllegalStateException ex) {
			// An application that is shutting down makes no more beans
			return invocation.proceed();
		}
		return interceptor.invoke(invocation);
	}

}
