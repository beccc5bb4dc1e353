package io.hindspan.r2dbc;

import java.lang.reflect.Method;
import java.util.function.Consumer;

import io.r2dbc.spi.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

import io.hindspan.core.BeanProxies;

/**
 * Traces every {@link ConnectionFactory} bean. The bean becomes a proxy of its own class,
 * so that a pool can be injected and asked for its metrics as before; only the method
 * that hands out connections is intercepted.
 */
final class ConnectionFactoryTracingPostProcessor
		implements BeanPostProcessor, BeanFactoryAware, BeanClassLoaderAware, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionFactoryTracingPostProcessor.class);

	private final BeanProxies proxies = new BeanProxies();

	private final ObjectProvider<StatementTracer> tracer;

	ConnectionFactoryTracingPostProcessor(ObjectProvider<StatementTracer> tracer) {
		this.tracer = tracer;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.proxies.setBeanFactory(beanFactory);
	}

	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		this.proxies.setClassLoader(classLoader);
	}

	/**
	 * Before others that wrap the bean, so that theirs is the outer wrapper.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// What a scoped proxy leads to is a bean as well
		if (!(bean instanceof ConnectionFactory factory) || bean instanceof ScopedObject) {
			return bean;
		}
		Advisor advisor = advisor(factory);
		if (AopUtils.isAopProxy(bean) && bean instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvisor(0, advisor);
			return bean;
		}
		Object proxy = proxy(factory, beanName, (customized) -> customized.addAdvisor(advisor));
		if (proxy == null) {
			logger.warn(
					"The statements of the ConnectionFactory bean '{}' are not traced: {} cannot be subclassed, or "
							+ "its create() promises connections of a class of their own. "
							+ "Declare the bean as ConnectionFactory to have them traced.",
					beanName, bean.getClass().getName());
			return bean;
		}
		return proxy;
	}

	/**
	 * Who has the bean by its own class would be promised connections of a driver. As a
	 * mere connection factory it promises none.
	 */
	private @Nullable Object proxy(ConnectionFactory factory, String beanName, Consumer<ProxyFactory> customizer) {
		Method create = ClassUtils.getMethodIfAvailable(factory.getClass(), "create");
		return (create == null || CreateInterceptor.canReplace(create, factory.getClass()))
				? this.proxies.proxy(factory, beanName, customizer)
				: this.proxies.proxyByInterfaces(factory, beanName, customizer);
	}

	private Advisor advisor(ConnectionFactory factory) {
		NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(
				new CreateInterceptor(this.tracer::getObject, factory));
		advisor.setMappedName("create");
		return advisor;
	}

}
