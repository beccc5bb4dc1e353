package io.hindspan.task;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.scheduling.Trigger;

/**
 * Carries the context from the caller of an executor or scheduler to the tasks that it
 * hands over. Tasks that repeat start from nothing each time, whoever scheduled them.
 * Thread-safe.
 */
final class ExecutorInterceptor implements MethodInterceptor {

	private final ConcurrentMap<Method, Treatment> treatments = new ConcurrentHashMap<>();

	private final Object executor;

	ExecutorInterceptor(Object executor) {
		this.executor = executor;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Method method = invocation.getMethod();
		@Nullable Object[] arguments = invocation.getArguments();
		switch (treatment(method)) {
			case CARRY_TASK -> arguments[0] = (arguments[0] instanceof Runnable task) ? CarriedTask.of(task) : null;
			case CARRY_CALL -> arguments[0] = carryCall(arguments[0]);
			case CARRY_CALLS -> arguments[0] = carryCalls(arguments[0]);
			case FIND_TASK -> arguments[0] = (arguments[0] instanceof Runnable task) ? CarriedTask.equalTo(task) : null;
			case GIVE_TASKS_BACK -> {
				return giveBack(call(method, arguments));
			}
			case START_FROM_NOTHING -> {
				try (Scope scope = CarriedContext.NOTHING.makeCurrent()) {
					return call(method, arguments);
				}
			}
			case LEAVE -> {
			}
		}
		return call(method, arguments);
	}

	/**
	 * By reflection, since the executor need not be of the proxy's superclass.
	 */
	private @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable {
		return AopUtils.invokeJoinpointUsingReflection(this.executor, method, arguments);
	}

	private @Nullable Object carryCall(@Nullable Object call) {
		return (call instanceof Callable<?> callable) ? CarriedTask.of(callable) : call;
	}

	private @Nullable Object carryCalls(@Nullable Object calls) {
		if (!(calls instanceof Collection<?> collection)) {
			return calls;
		}
		List<@Nullable Object> carried = new ArrayList<>(collection.size());
		for (Object call : collection) {
			carried.add(carryCall(call));
		}
		return carried;
	}

	private @Nullable Object giveBack(@Nullable Object tasks) {
		if (!(tasks instanceof List<?> list)) {
			return tasks;
		}
		List<@Nullable Object> own = new ArrayList<>(list.size());
		for (Object task : list) {
			own.add((task instanceof Runnable runnable) ? CarriedTask.unwrap(runnable) : task);
		}
		return own;
	}

	private Treatment treatment(Method method) {
		Treatment known = this.treatments.get(method);
		return (known != null) ? known : this.treatments.computeIfAbsent(method, Treatment::of);
	}

	/**
	 * What becomes of a call. The task is the first argument of every method.
	 */
	private enum Treatment {

		CARRY_TASK, CARRY_CALL, CARRY_CALLS, FIND_TASK, GIVE_TASKS_BACK, START_FROM_NOTHING, LEAVE;

		private static final Set<String> HANDING_OVER = Set.of("execute", "submit", "submitCompletable", "schedule",
				"invokeAll", "invokeAny");

		private static final Set<String> REPEATING = Set.of("scheduleAtFixedRate", "scheduleWithFixedDelay");

		static Treatment of(Method method) {
			String name = method.getName();
			Class<?>[] parameters = method.getParameterTypes();
			if (name.equals("shutdownNow")) {
				return GIVE_TASKS_BACK;
			}
			if (parameters.length == 0) {
				return LEAVE;
			}
			if (REPEATING.contains(name) || Arrays.asList(parameters).contains(Trigger.class)) {
				return START_FROM_NOTHING;
			}
			if (name.equals("remove")) {
				return (parameters[0] == Runnable.class) ? FIND_TASK : LEAVE;
			}
			return HANDING_OVER.contains(name) ? handingOver(parameters[0]) : LEAVE;
		}

		/**
		 * A task made for a fork-join pool is left as it is, since it is its own future.
		 */
		private static Treatment handingOver(Class<?> parameter) {
			if (parameter == Runnable.class) {
				return CARRY_TASK;
			}
			if (parameter == Callable.class) {
				return CARRY_CALL;
			}
			return (parameter == Collection.class) ? CARRY_CALLS : LEAVE;
		}

	}

}
