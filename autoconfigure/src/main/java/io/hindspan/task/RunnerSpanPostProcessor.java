package io.hindspan.task;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;

import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

import io.hindspan.span.CodeFunction;

/**
 * Makes a trace of each run of an {@code ApplicationRunner} or {@code CommandLineRunner}
 * of the application, named after the bean. The runners of Spring's own are left as they
 * are: what they start, such as batch jobs, has traces of its own.
 */
final class RunnerSpanPostProcessor implements BeanPostProcessor, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(RunnerSpanPostProcessor.class);

	private final TaskSpans spans;

	RunnerSpanPostProcessor(TaskSpans spans) {
		this.spans = spans;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof ApplicationRunner || bean instanceof CommandLineRunner)) {
			return bean;
		}
		Class<?> type = AopUtils.getTargetClass(bean);
		if (type.getName().startsWith("org.springframework.")) {
			return bean;
		}
		try {
			return trace(bean, beanName, type);
		}
		catch (RuntimeException ex) {
			logger.warn("Runner '{}' has no span", beanName, ex);
			return bean;
		}
	}

	private Object trace(Object bean, String beanName, Class<?> type) {
		MethodInterceptor interceptor = new RunInterceptor(beanName, this.spans);
		if (bean instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvice(0, interceptor);
			return bean;
		}
		boolean unnameable = bean.getClass().isHidden() || Proxy.isProxyClass(bean.getClass());
		if (!unnameable && !canBeExtended(bean.getClass())) {
			logger.info("Runner '{}' has no span: no proxy can stand in for {}. Declare it as a lambda, or as a class "
					+ "that can be extended.", beanName, type.getName());
			return bean;
		}
		ProxyFactory factory = new ProxyFactory(bean);
		factory.setProxyTargetClass(!unnameable);
		// Does not warn of final methods, which are seen to here
		factory.setOptimize(!unnameable);
		factory.addAdvice(interceptor);
		return factory.getProxy(bean.getClass().getClassLoader());
	}

	/**
	 * A final method would run on the proxy itself, which has no state.
	 */
	private static boolean canBeExtended(Class<?> type) {
		int modifiers = type.getModifiers();
		if (Modifier.isFinal(modifiers) || Modifier.isPrivate(modifiers) || type.isSealed()) {
			return false;
		}
		for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
			for (Method method : owner.getDeclaredMethods()) {
				int declared = method.getModifiers();
				if (Modifier.isFinal(declared) && !Modifier.isStatic(declared) && !Modifier.isPrivate(declared)) {
					return false;
				}
			}
		}
		return true;
	}

	private static final class RunInterceptor implements MethodInterceptor {

		private final CodeFunction.Cache functions = new CodeFunction.Cache();

		private final String beanName;

		private final TaskSpans spans;

		RunInterceptor(String beanName, TaskSpans spans) {
			this.beanName = beanName;
			this.spans = spans;
		}

		@Override
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			Object runner = invocation.getThis();
			if (runner == null || !isRun(invocation.getMethod())) {
				return invocation.proceed();
			}
			Class<?> type = ClassUtils.getUserClass(runner);
			return this.spans.run(this.beanName, Context.root(), (attributes) -> {
				// The class of a lambda has another name each time
				if (!type.isHidden()) {
					this.functions.get(type, "run").writeTo(attributes);
				}
			}, invocation::proceed);
		}

		private static boolean isRun(Method method) {
			return method.getName().equals("run") && method.getParameterCount() == 1
					&& method.getReturnType() == void.class;
		}

	}

}
