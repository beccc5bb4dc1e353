package io.hindspan.task;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.Ordered;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Makes every executor and scheduler carry the context to its tasks: Spring's by a
 * decorator, all others by a proxy of their class.
 */
final class TracedExecutorPostProcessor implements BeanPostProcessor, BeanFactoryAware, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(TracedExecutorPostProcessor.class);

	/**
	 * Event loops, containers' workers, and executors that send their tasks to other
	 * machines.
	 */
	private static final List<String> NOT_OF_THE_APPLICATION = List.of("com.hazelcast.", "io.netty.", "io.undertow.",
			"io.vertx.", "org.apache.catalina.", "org.apache.ignite.", "org.apache.tomcat.", "org.eclipse.jetty.",
			"org.infinispan.", "org.redisson.", "org.xnio.");

	private final Set<String> excluded;

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	TracedExecutorPostProcessor(Set<String> excluded) {
		this.excluded = Set.copyOf(excluded);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (beanFactory instanceof ConfigurableListableBeanFactory listable) ? listable : null;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (CarryingTaskDecorator.suits(bean) && !this.excluded.contains(beanName)) {
			return trace(bean, beanName, false);
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (this.excluded.contains(beanName)) {
			return bean;
		}
		if (bean instanceof AsyncConfigurer configurer) {
			return traceExecutorOf(configurer, beanName);
		}
		if (bean instanceof SimpleApplicationEventMulticaster multicaster) {
			traceExecutorOf(multicaster, beanName);
			return bean;
		}
		if (!(bean instanceof Executor || bean instanceof TaskScheduler)) {
			return bean;
		}
		Object traced = trace(bean, beanName, isDeclaredByInterface(beanName));
		if (traced instanceof ThreadPoolTaskExecutor pool && ordersItsTasks(pool.getThreadPoolExecutor())) {
			CarryingTaskDecorator.removeFrom(pool);
		}
		return traced;
	}

	/**
	 * An executor that cannot be traced is left as it is: the application starts without
	 * a trace on its threads rather than not at all.
	 */
	private Object trace(Object executor, String name, boolean asInterfaces) {
		try {
			Object target = AopProxyUtils.getSingletonTarget(executor);
			Object raw = (target != null) ? target : executor;
			if (CarryingTaskDecorator.suits(raw)) {
				CarryingTaskDecorator.addTo(raw);
				return executor;
			}
			if (ExecutorProxy.isOne(executor) || !isOfInterest(raw)) {
				return executor;
			}
			Object proxy = ExecutorProxy.of(executor, asInterfaces);
			if (proxy != null) {
				return proxy;
			}
			logger.info(
					"The trace ends at executor '{}': no proxy can stand in for {}. Declare the bean as the "
							+ "interface that is injected, or hand it tasks by Context.current().wrap(task).",
					name, executor.getClass().getName());
		}
		catch (RuntimeException ex) {
			logger.warn("The trace ends at executor '{}'", name, ex);
		}
		return executor;
	}

	private boolean isOfInterest(Object executor) {
		if (executor instanceof SyncTaskExecutor || executor instanceof ScopedObject
				|| (executor instanceof ThreadPoolExecutor pool && ordersItsTasks(pool))) {
			return false;
		}
		String type = executor.getClass().getName();
		for (String prefix : NOT_OF_THE_APPLICATION) {
			if (type.startsWith(prefix)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * A queue that compares tasks must meet the application's own.
	 */
	private boolean ordersItsTasks(ThreadPoolExecutor pool) {
		return pool.getQueue() instanceof PriorityBlockingQueue<?>;
	}

	/**
	 * The executor of {@code @Async} methods need not be a bean.
	 */
	private Object traceExecutorOf(AsyncConfigurer configurer, String beanName) {
		ProxyFactory factory = new ProxyFactory(configurer);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			Object result = invocation.proceed();
			return (result instanceof Executor executor && invocation.getMethod().getName().equals("getAsyncExecutor"))
					? trace(executor, beanName, true) : result;
		});
		try {
			return factory.getProxy(configurer.getClass().getClassLoader());
		}
		catch (RuntimeException ex) {
			logger.warn("The trace ends at the executor of '{}'", beanName, ex);
			return configurer;
		}
	}

	/**
	 * The executor of listeners need not be a bean either.
	 */
	private void traceExecutorOf(SimpleApplicationEventMulticaster multicaster, String beanName) {
		Executor executor = TracedListeners.executorOf(multicaster);
		if (executor != null) {
			Object traced = trace(executor, beanName, true);
			if (traced != executor && traced instanceof Executor other) {
				multicaster.setTaskExecutor(other);
			}
		}
	}

	/**
	 * Whether the bean is declared as an interface, so that nobody can rely on its class.
	 */
	private boolean isDeclaredByInterface(String beanName) {
		if (this.beanFactory == null || !this.beanFactory.containsBeanDefinition(beanName)) {
			return false;
		}
		BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(beanName);
		if (definition instanceof RootBeanDefinition root) {
			Method factoryMethod = root.getResolvedFactoryMethod();
			if (factoryMethod != null) {
				return factoryMethod.getReturnType().isInterface();
			}
			return root.hasBeanClass() && root.getBeanClass().isInterface();
		}
		return false;
	}

}
