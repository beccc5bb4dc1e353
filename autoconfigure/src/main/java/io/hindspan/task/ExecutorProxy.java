package io.hindspan.task;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.target.SingletonTargetSource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Stands before an executor or scheduler that takes no decorator, and is of the same
 * class, so that it can be injected wherever the executor could.
 */
final class ExecutorProxy {

	private ExecutorProxy() {
	}

	/**
	 * Whether this is a proxy already.
	 */
	static boolean isOne(Object executor) {
		return executor instanceof Advised advised && advised.getTargetSource() instanceof Target;
	}

	/**
	 * A proxy for an executor.
	 * @param executor the executor
	 * @param asInterfaces whether nobody can ask for the executor by its class
	 * @return the proxy, or {@code null} where there can be none that stands in for the
	 * executor everywhere
	 */
	static @Nullable Object of(Object executor, boolean asInterfaces) {
		Class<?> type = executor.getClass();
		Class<?> superclass = superclassFor(type);
		ProxyFactory factory = new ProxyFactory();
		factory.addAdvice(new ExecutorInterceptor(executor));
		if (superclass != null) {
			factory.setTargetSource(new Target(executor, superclass));
			factory.setInterfaces(ClassUtils.getAllInterfacesForClass(type));
			// Extends the class, and does not warn of final methods, which are seen to
			// here
			factory.setOptimize(true);
			Object proxy = factory.getProxy(superclass.getClassLoader());
			copySpringState(executor, proxy);
			return proxy;
		}
		if (!asInterfaces && !isUnnameable(type)) {
			return null;
		}
		factory.setTargetSource(new Target(executor, type));
		factory.setInterfaces(ClassUtils.getAllInterfacesForClass(type));
		return factory.getProxy(type.getClassLoader());
	}

	/**
	 * The class that a proxy extends, so that it can be injected by the executor's class.
	 */
	private static @Nullable Class<?> superclassFor(Class<?> type) {
		if (type == ThreadPoolExecutor.class) {
			return ThreadPool.class;
		}
		if (type == ScheduledThreadPoolExecutor.class) {
			return ScheduledThreadPool.class;
		}
		if (type == ForkJoinPool.class) {
			return ForkJoin.class;
		}
		return canBeExtended(type) ? type : null;
	}

	/**
	 * A final method would run on the proxy itself, which has no state.
	 */
	private static boolean canBeExtended(Class<?> type) {
		int modifiers = type.getModifiers();
		if (Modifier.isFinal(modifiers) || Modifier.isPrivate(modifiers) || type.isSealed() || type.isHidden()
				|| type.getClassLoader() == null) {
			return false;
		}
		for (Class<?> owner = type; !isOfPlatform(owner); owner = owner.getSuperclass()) {
			if (!isOfSpring(owner) && !isGenerated(owner)) {
				for (Method method : owner.getDeclaredMethods()) {
					if (isFinalOnInstance(method)) {
						return false;
					}
				}
			}
		}
		return true;
	}

	private static boolean isFinalOnInstance(Method method) {
		int modifiers = method.getModifiers();
		return Modifier.isFinal(modifiers) && !Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers);
	}

	/**
	 * The few final methods of Spring's schedulers read what is set before they are used.
	 */
	private static void copySpringState(Object executor, Object proxy) {
		for (Class<?> owner = executor.getClass(); !isOfPlatform(owner); owner = owner.getSuperclass()) {
			if (isOfSpring(owner) && !isGenerated(owner)) {
				for (Field field : owner.getDeclaredFields()) {
					if (!Modifier.isStatic(field.getModifiers())) {
						field.setAccessible(true);
						ReflectionUtils.setField(field, proxy, ReflectionUtils.getField(field, executor));
					}
				}
			}
		}
	}

	private static boolean isOfPlatform(Class<?> type) {
		return type.getClassLoader() == null;
	}

	private static boolean isOfSpring(Class<?> type) {
		return type.getName().startsWith("org.springframework.");
	}

	/**
	 * Another proxy, whose final methods forward to its own target.
	 */
	private static boolean isGenerated(Class<?> type) {
		return type.getName().contains(ClassUtils.CGLIB_CLASS_SEPARATOR);
	}

	/**
	 * Classes that no code can name: lambdas, other proxies, what the platform hides.
	 */
	private static boolean isUnnameable(Class<?> type) {
		return type.isHidden() || Proxy.isProxyClass(type) || type.isAnonymousClass()
				|| Modifier.isPrivate(type.getModifiers())
				|| (isOfPlatform(type) && !Modifier.isPublic(type.getModifiers()));
	}

	/**
	 * The executor behind a proxy, where Spring's own tools find it.
	 */
	private static final class Target extends SingletonTargetSource {

		private static final long serialVersionUID = 1L;

		private final Class<?> superclass;

		Target(Object executor, Class<?> superclass) {
			super(executor);
			this.superclass = superclass;
		}

		@Override
		public Class<?> getTargetClass() {
			return this.superclass;
		}

	}

	/*
	 * A proxy cannot be defined in the packages of the platform, so each of its pools has
	 * a class here to extend. None is ever constructed.
	 */

	static class ThreadPool extends ThreadPoolExecutor {

		ThreadPool() {
			super(0, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>());
		}

	}

	static class ScheduledThreadPool extends ScheduledThreadPoolExecutor {

		ScheduledThreadPool() {
			super(0);
		}

	}

	static class ForkJoin extends ForkJoinPool {

		ForkJoin() {
			super(1);
		}

	}

}
