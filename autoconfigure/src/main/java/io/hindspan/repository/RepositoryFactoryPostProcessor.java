package io.hindspan.repository;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.data.repository.core.support.RepositoryFactoryBeanSupport;

import io.hindspan.span.InstrumentationTracers;

/**
 * Puts a span around every repository, outside of its transactions.
 */
final class RepositoryFactoryPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<InstrumentationTracers> tracers;

	RepositoryFactoryPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		this.tracers = tracers;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof RepositoryFactoryBeanSupport<?, ?, ?> repositories) {
			repositories.addRepositoryFactoryCustomizer(
					(factory) -> factory.addRepositoryProxyPostProcessor((proxyFactory, information) -> proxyFactory
						.addAdvice(0, new CallInterceptor(this.tracers, information.getRepositoryInterface()))));
		}
		return bean;
	}

}
