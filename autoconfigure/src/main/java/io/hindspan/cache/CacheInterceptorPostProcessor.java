package io.hindspan.cache;

import java.lang.reflect.Method;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.cache.annotation.ProxyCachingConfiguration;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.core.PriorityOrdered;

/**
 * Puts a traced interceptor in the place of the one that {@code @EnableCaching} brings.
 * An interceptor of the application's own is left alone.
 */
final class CacheInterceptorPostProcessor implements BeanPostProcessor, PriorityOrdered {

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<CacheTracing> tracing;

	CacheInterceptorPostProcessor(ConfigurableListableBeanFactory beanFactory, ObjectProvider<CacheTracing> tracing) {
		this.beanFactory = beanFactory;
		this.tracing = tracing;
	}

	/**
	 * Ahead of what makes proxies, which asks for the interceptor as soon as it is there.
	 */
	@Override
	public int getOrder() {
		return PriorityOrdered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean.getClass() != CacheInterceptor.class || !isOfSpring(beanName)) {
			return bean;
		}
		TracedCacheInterceptor traced = new TracedCacheInterceptor((CacheInterceptor) bean, this.tracing);
		traced.setBeanFactory(this.beanFactory);
		return traced;
	}

	private boolean isOfSpring(String beanName) {
		if (!this.beanFactory.containsBeanDefinition(beanName)) {
			return false;
		}
		Method factoryMethod = (this.beanFactory.getMergedBeanDefinition(beanName) instanceof RootBeanDefinition root)
				? root.getResolvedFactoryMethod() : null;
		return factoryMethod != null && factoryMethod.getDeclaringClass() == ProxyCachingConfiguration.class;
	}

}
