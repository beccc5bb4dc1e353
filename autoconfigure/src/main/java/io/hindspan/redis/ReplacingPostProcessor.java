package io.hindspan.redis;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Puts another object in the place of a bean. It is destroyed with the bean, as Spring
 * destroys the one that was made first. A prototype is nobody's to destroy but that of
 * who asked for it, who has the replacement: nothing is kept of it.
 */
abstract class ReplacingPostProcessor implements DestructionAwareBeanPostProcessor, BeanFactoryAware {

	private static final Logger logger = LoggerFactory.getLogger(ReplacingPostProcessor.class);

	private final Map<Object, DisposableBean> replacements = Collections.synchronizedMap(new IdentityHashMap<>());

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (beanFactory instanceof ConfigurableListableBeanFactory factory) ? factory : null;
	}

	/**
	 * Notes what is to be destroyed with a bean.
	 * @param bean the bean
	 * @param beanName the name of the bean
	 * @param replacement what destroys what has taken its place
	 */
	protected void replaced(Object bean, String beanName, DisposableBean replacement) {
		if (!isPrototype(beanName)) {
			this.replacements.put(bean, replacement);
		}
	}

	int kept() {
		return this.replacements.size();
	}

	private boolean isPrototype(String beanName) {
		return this.beanFactory != null && this.beanFactory.containsBeanDefinition(beanName)
				&& this.beanFactory.getMergedBeanDefinition(beanName).isPrototype();
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		DisposableBean replacement = this.replacements.remove(bean);
		if (replacement != null) {
			try {
				replacement.destroy();
			}
			catch (Exception ex) {
				logger.warn("Could not destroy '{}'", beanName, ex);
			}
		}
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return this.replacements.containsKey(bean);
	}

}
