package io.hindspan.jdbc;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import io.hindspan.core.BeanProxies;

/**
 * Traces every {@link DataSource} bean. The bean becomes a proxy of its own class, so
 * that it can be injected and cast as before; only the methods that hand out connections
 * are intercepted. One of Spring's own that merely leads to another one stays what it is,
 * and that other one is traced.
 */
final class DataSourceTracingPostProcessor
		implements BeanPostProcessor, BeanFactoryAware, BeanClassLoaderAware, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(DataSourceTracingPostProcessor.class);

	private final BeanProxies proxies = new BeanProxies();

	private final Advisor advisor;

	DataSourceTracingPostProcessor(ObjectProvider<StatementTracer> tracer) {
		this.advisor = new ConnectionInterceptor(tracer::getObject).advisor();
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
	public Object postProcessAfterInitialization(Object bean, String beanName) throws BeansException {
		// What a scoped proxy leads to is a bean as well
		if (!(bean instanceof DataSource dataSource) || bean instanceof ScopedObject) {
			return bean;
		}
		return trace(dataSource, beanName, false);
	}

	private DataSource trace(DataSource dataSource, String beanName, boolean byInterface) {
		DataSource target = target(dataSource);
		if (target != null) {
			DataSource traced = trace(target, beanName, true);
			if (traced != target) {
				((DelegatingDataSource) dataSource).setTargetDataSource(traced);
			}
			return dataSource;
		}
		if (AopUtils.isAopProxy(dataSource) && dataSource instanceof Advised advised) {
			if (!advised.isFrozen() && advised.indexOf(this.advisor) < 0) {
				advised.addAdvisor(0, this.advisor);
			}
			return dataSource;
		}
		Object proxy = byInterface ? this.proxies.proxy(dataSource, this::customize)
				: this.proxies.proxy(dataSource, beanName, this::customize);
		if (proxy == null) {
			logger.warn(
					"The statements of the DataSource bean '{}' are not traced: {} is a class that cannot be "
							+ "subclassed. Declare the bean by an interface, such as DataSource, to have them traced.",
					beanName, dataSource.getClass().getName());
			return dataSource;
		}
		return (DataSource) proxy;
	}

	/**
	 * Where one of Spring's own proxies leads to. One that the application has made may
	 * lead elsewhere.
	 */
	private static @Nullable DataSource target(DataSource dataSource) {
		return (dataSource instanceof DelegatingDataSource delegating
				&& dataSource.getClass().getPackage() == DelegatingDataSource.class.getPackage())
						? delegating.getTargetDataSource() : null;
	}

	private void customize(ProxyFactory factory) {
		factory.addInterface(TracedDataSource.class);
		factory.addAdvisor(this.advisor);
	}

}
