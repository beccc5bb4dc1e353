package io.hindspan.redis;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Puts another object in the place of a bean. It is destroyed with the bean, as Spring
 * destroys the one that was made first.
 */
abstract class ReplacingPostProcessor implements DestructionAwareBeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(ReplacingPostProcessor.class);

	private final Map<Object, DisposableBean> replacements = Collections.synchronizedMap(new IdentityHashMap<>());

	protected <T extends DisposableBean> T replace(Object bean, T replacement) {
		this.replacements.put(bean, replacement);
		return replacement;
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
