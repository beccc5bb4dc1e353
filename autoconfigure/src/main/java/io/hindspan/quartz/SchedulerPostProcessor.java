package io.hindspan.quartz;

import java.lang.reflect.Modifier;

import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;
import org.springframework.util.ClassUtils;

/**
 * Traces the jobs of every scheduler that is a bean, the application's own included.
 */
final class SchedulerPostProcessor implements BeanPostProcessor, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(SchedulerPostProcessor.class);

	private static final boolean FACTORY_PRESENT = ClassUtils.isPresent(
			"org.springframework.scheduling.quartz.SchedulerFactoryBean",
			SchedulerPostProcessor.class.getClassLoader());

	private final JobSpans spans;

	private final boolean linking;

	SchedulerPostProcessor(JobSpans spans, boolean linking) {
		this.spans = spans;
		this.linking = linking;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		try {
			if (bean instanceof Scheduler scheduler) {
				JobSpanListeners.addTo(scheduler.getListenerManager(), this.spans);
				return this.linking ? link(scheduler) : bean;
			}
			if (FACTORY_PRESENT) {
				Factories.trace(bean, this.spans);
			}
		}
		catch (SchedulerException | RuntimeException ex) {
			logger.warn("The jobs of scheduler '{}' have no spans", beanName, ex);
		}
		return bean;
	}

	private Object link(Scheduler scheduler) {
		LinkingInterceptor interceptor = new LinkingInterceptor();
		if (scheduler instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvice(0, interceptor);
			return scheduler;
		}
		if (Modifier.isFinal(scheduler.getClass().getModifiers())) {
			return scheduler;
		}
		ProxyFactory factory = new ProxyFactory(scheduler);
		factory.setProxyTargetClass(true);
		factory.addAdvice(interceptor);
		return factory.getProxy(scheduler.getClass().getClassLoader());
	}

	/**
	 * A factory starts its scheduler, whether or not anybody asks for it.
	 */
	private static final class Factories {

		static void trace(Object bean, JobSpans spans) throws SchedulerException {
			if (bean instanceof SchedulerFactoryBean factory) {
				JobSpanListeners.addTo(factory.getScheduler().getListenerManager(), spans);
			}
		}

	}

}
