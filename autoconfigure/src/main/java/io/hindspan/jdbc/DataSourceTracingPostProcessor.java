package io.hindspan.jdbc;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.SmartClassLoader;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Traces every {@link DataSource} bean. The bean becomes a proxy of its own class, so
 * that it can be injected and cast as before; only the methods that hand out connections
 * are intercepted. One of Spring's own that merely leads to another one stays what it is,
 * and that other one is traced.
 */
final class DataSourceTracingPostProcessor
		implements BeanPostProcessor, BeanFactoryAware, BeanClassLoaderAware, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(DataSourceTracingPostProcessor.class);

	private final Advisor advisor;

	private @Nullable BeanFactory beanFactory;

	private @Nullable ClassLoader classLoader = ClassUtils.getDefaultClassLoader();

	DataSourceTracingPostProcessor(ObjectProvider<StatementTracer> tracer) {
		this.advisor = new ConnectionInterceptor(tracer::getObject).advisor();
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		this.classLoader = classLoader;
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
		DataSource proxy = canBeSubclassed(dataSource.getClass()) ? proxy(dataSource, true) : null;
		if (proxy == null && (byInterface || isDeclaredByInterface(beanName))) {
			proxy = proxy(dataSource, false);
		}
		if (proxy == null) {
			logger.warn(
					"The statements of the DataSource bean '{}' are not traced: {} is a class that cannot be "
							+ "subclassed. Declare the bean by an interface, such as DataSource, to have them traced.",
					beanName, dataSource.getClass().getName());
			return dataSource;
		}
		return proxy;
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

	private @Nullable DataSource proxy(DataSource dataSource, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory(dataSource);
		factory.setProxyTargetClass(ofClass);
		factory.addInterface(TracedDataSource.class);
		factory.addAdvisor(this.advisor);
		try {
			return (DataSource) factory.getProxy(classLoaderFor(dataSource.getClass()));
		}
		catch (AopConfigException | IllegalArgumentException ex) {
			logger.debug("Could not make a proxy of {}", dataSource.getClass(), ex);
			return null;
		}
	}

	/**
	 * A class of the application's own may be reloaded with a class loader that is thrown
	 * away, and another one not.
	 */
	private @Nullable ClassLoader classLoaderFor(Class<?> type) {
		if (this.classLoader instanceof SmartClassLoader smartClassLoader && this.classLoader != type.getClassLoader()
				&& this.classLoader != TracedDataSource.class.getClassLoader()) {
			return smartClassLoader.getOriginalClassLoader();
		}
		return this.classLoader;
	}

	/**
	 * A final method of a proxy would see its empty fields.
	 */
	private static boolean canBeSubclassed(Class<?> type) {
		if (Modifier.isFinal(type.getModifiers()) || type.isHidden()) {
			return false;
		}
		for (Class<?> current = type; current != null && current != Object.class; current = current.getSuperclass()) {
			for (Method method : current.getDeclaredMethods()) {
				int modifiers = method.getModifiers();
				if (Modifier.isFinal(modifiers) && !Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers)) {
					return false;
				}
			}
		}
		return true;
	}

	/**
	 * Whether nobody can expect more of the bean than an interface.
	 */
	private boolean isDeclaredByInterface(String beanName) {
		if (!(this.beanFactory instanceof ConfigurableBeanFactory beanFactory)) {
			return false;
		}
		try {
			// Once the bean is there its type is that of the instance, hence the
			// definition
			Class<?> type = beanFactory.getMergedBeanDefinition(beanName).getResolvableType().resolve();
			if (type != null && FactoryBean.class.isAssignableFrom(type)) {
				type = beanFactory.getType(beanName, false);
			}
			return type != null && type.isInterface();
		}
		catch (NoSuchBeanDefinitionException ex) {
			return false;
		}
	}

}
