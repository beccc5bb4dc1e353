package io.hindspan.mail;

import java.lang.reflect.Modifier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.mail.MailSender;

import io.hindspan.span.InstrumentationTracers;

/**
 * Traces every {@link MailSender} bean. The bean becomes a proxy of its own class, so
 * that it can be injected and cast as before; only its {@code send} methods are
 * intercepted.
 */
final class MailSenderPostProcessor implements BeanPostProcessor, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(MailSenderPostProcessor.class);

	private final ObjectProvider<InstrumentationTracers> tracers;

	MailSenderPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		this.tracers = tracers;
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
		if (!(bean instanceof MailSender sender)) {
			return bean;
		}
		if (AopUtils.isAopProxy(bean) && bean instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvisor(0, advisor(sender));
			return bean;
		}
		if (Modifier.isFinal(bean.getClass().getModifiers()) || bean.getClass().isHidden()) {
			logger.warn("Mail sent with the bean '{}' is not traced: {} is a class that cannot be subclassed.",
					beanName, bean.getClass().getName());
			return bean;
		}
		ProxyFactory factory = new ProxyFactory(bean);
		factory.setProxyTargetClass(true);
		factory.addAdvisor(advisor(sender));
		try {
			return factory.getProxy(bean.getClass().getClassLoader());
		}
		catch (AopConfigException | IllegalArgumentException ex) {
			logger.warn("Mail sent with the bean '{}' is not traced: no proxy of {} can be made.", beanName,
					bean.getClass().getName(), ex);
			return bean;
		}
	}

	private Advisor advisor(MailSender sender) {
		NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(
				new SendInterceptor(this.tracers, sender));
		advisor.setMappedName("send");
		return advisor;
	}

}
