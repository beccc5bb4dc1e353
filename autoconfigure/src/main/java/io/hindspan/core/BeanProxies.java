package io.hindspan.core;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.SmartClassLoader;
import org.springframework.util.ClassUtils;

/**
 * Makes proxies that can be injected and cast as the beans that they stand for: of the
 * bean's own class, or of its interfaces where nobody can expect more of it. Thread-safe
 * once it is set up.
 */
public final class BeanProxies {

	private static final Logger logger = LoggerFactory.getLogger(BeanProxies.class);

	private @Nullable BeanFactory beanFactory;

	private @Nullable ClassLoader classLoader = ClassUtils.getDefaultClassLoader();

	/**
	 * Sets where the definitions of the beans are.
	 * @param beanFactory the factory of the beans
	 */
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Sets the class loader of the beans.
	 * @param classLoader the class loader
	 */
	public void setClassLoader(ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	/**
	 * Makes a proxy of a bean.
	 * @param bean the bean
	 * @param beanName the name of the bean
	 * @param customizer adds what the proxy does
	 * @return the proxy, or {@code null} where the bean can only be what it is
	 */
	public @Nullable Object proxy(Object bean, String beanName, Consumer<ProxyFactory> customizer) {
		Object proxy = canBeSubclassed(bean.getClass()) ? proxy(bean, true, customizer) : null;
		return (proxy != null) ? proxy : proxyByInterfaces(bean, beanName, customizer);
	}

	/**
	 * Makes a proxy of a bean that has no more than the bean's interfaces.
	 * @param bean the bean
	 * @param beanName the name of the bean
	 * @param customizer adds what the proxy does
	 * @return the proxy, or {@code null} where more than an interface can be expected of
	 * the bean
	 */
	public @Nullable Object proxyByInterfaces(Object bean, String beanName, Consumer<ProxyFactory> customizer) {
		return isDeclaredByInterface(beanName) ? proxy(bean, false, customizer) : null;
	}

	/**
	 * Makes a proxy of an object that is only used by its interfaces.
	 * @param target the object
	 * @param customizer adds what the proxy does
	 * @return the proxy, or {@code null} where none can be made
	 */
	public @Nullable Object proxy(Object target, Consumer<ProxyFactory> customizer) {
		Object proxy = canBeSubclassed(target.getClass()) ? proxy(target, true, customizer) : null;
		return (proxy != null) ? proxy : proxy(target, false, customizer);
	}

	private @Nullable Object proxy(Object target, boolean ofClass, Consumer<ProxyFactory> customizer) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(ofClass);
		customizer.accept(factory);
		try {
			return factory.getProxy(classLoaderFor(target.getClass()));
		}
		catch (AopConfigException | IllegalArgumentException ex) {
			logger.debug("Could not make a proxy of {}", target.getClass(), ex);
			return null;
		}
	}

	/**
	 * A class of the application's own may be reloaded with a class loader that is thrown
	 * away, and another one not.
	 */
	private @Nullable ClassLoader classLoaderFor(Class<?> type) {
		if (this.classLoader instanceof SmartClassLoader smartClassLoader && this.classLoader != type.getClassLoader()
				&& this.classLoader != BeanProxies.class.getClassLoader()) {
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
