package io.hindspan.outbox;

import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.modulith.events.core.EventPublicationRegistry;

/**
 * Traces Spring Modulith's event publication registry. The bean keeps its class.
 */
final class EventPublicationRegistryPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<PublicationInterceptor> interceptor;

	EventPublicationRegistryPostProcessor(ObjectProvider<PublicationInterceptor> interceptor) {
		this.interceptor = interceptor;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) throws BeansException {
		if (!(bean instanceof EventPublicationRegistry)) {
			return bean;
		}
		MethodInterceptor advice = (invocation) -> this.interceptor.getObject().invoke(invocation);
		if (bean instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvice(0, advice);
			return bean;
		}
		ProxyFactory factory = new ProxyFactory(bean);
		factory.setProxyTargetClass(true);
		factory.addAdvice(advice);
		return factory.getProxy(bean.getClass().getClassLoader());
	}

}
