package io.hindspan.quartz;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDataMap;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.Trigger;
import org.quartz.core.QuartzScheduler;
import org.quartz.impl.StdScheduler;
import org.quartz.simpl.PropertySettingJobFactory;
import org.quartz.spi.JobFactory;
import org.springframework.scheduling.quartz.SpringBeanJobFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Writes the current span into the triggers that the application hands to its scheduler,
 * for as long as the scheduler takes to store them. Thread-safe.
 */
final class LinkingInterceptor implements MethodInterceptor {

	static final String QUARTZ_FIELD = "sched";

	static final String IGNORED_FIELD = "ignoredUnknownProperties";

	private static final boolean SPRING_JOBS = ClassUtils.isPresent(
			"org.springframework.scheduling.quartz.SpringBeanJobFactory", LinkingInterceptor.class.getClassLoader());

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		String entry = switch (invocation.getMethod().getName()) {
			case "scheduleJob", "scheduleJobs", "rescheduleJob", "triggerJob" -> SchedulingLink.current();
			default -> null;
		};
		if (entry == null || !(invocation.getThis() instanceof Scheduler scheduler) || refuseUnknownData(scheduler)) {
			return invocation.proceed();
		}
		@Nullable Object[] arguments = invocation.getArguments();
		if (invocation.getMethod().getName().equals("triggerJob") && arguments[0] instanceof JobKey job) {
			JobDataMap data = (arguments.length > 1 && arguments[1] instanceof JobDataMap given) ? new JobDataMap(given)
					: new JobDataMap();
			data.put(SchedulingLink.KEY, entry);
			scheduler.triggerJob(job, data);
			return null;
		}
		List<Marked> marked = new ArrayList<>();
		try {
			for (Object argument : arguments) {
				mark(argument, entry, marked);
			}
			return invocation.proceed();
		}
		finally {
			marked.forEach(Marked::clear);
		}
	}

	private static void mark(@Nullable Object argument, String entry, List<Marked> marked) {
		if (argument instanceof Trigger trigger) {
			JobDataMap data = SchedulingLink.suits(trigger) ? trigger.getJobDataMap() : null;
			if (data != null) {
				marked.add(new Marked(data, data.isDirty()));
				data.put(SchedulingLink.KEY, entry);
			}
		}
		else if (argument instanceof Collection<?> triggers) {
			triggers.forEach((trigger) -> mark(trigger, entry, marked));
		}
		else if (argument instanceof Map<?, ?> triggers && !(argument instanceof JobDataMap)) {
			triggers.values().forEach((value) -> mark(value, entry, marked));
		}
	}

	/**
	 * Whether jobs could not be made from data that they have no property for.
	 */
	private static boolean refuseUnknownData(Scheduler scheduler) {
		if (!(scheduler instanceof StdScheduler)
				|| !(read(StdScheduler.class, QUARTZ_FIELD, scheduler) instanceof QuartzScheduler quartz)) {
			return true;
		}
		JobFactory factory = quartz.getJobFactory();
		if (factory instanceof PropertySettingJobFactory properties) {
			return properties.isThrowIfPropertyNotFound();
		}
		return SPRING_JOBS && SpringJobs.refuseUnknownData(factory);
	}

	private static @Nullable Object read(Class<?> type, String name, Object target) {
		Field field = ReflectionUtils.findField(type, name);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, target);
	}

	/**
	 * Spring's support for Quartz need not be there.
	 */
	private static final class SpringJobs {

		static boolean refuseUnknownData(JobFactory factory) {
			return factory instanceof SpringBeanJobFactory
					&& read(SpringBeanJobFactory.class, IGNORED_FIELD, factory) != null;
		}

	}

	private record Marked(JobDataMap data, boolean dirty) {

		void clear() {
			this.data.remove(SchedulingLink.KEY);
			if (!this.dirty) {
				this.data.clearDirtyFlag();
			}
		}

	}

}
