package io.hindspan.task;

import io.micrometer.context.ContextRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Carries the trace to the threads of executors, schedulers and Reactor, and describes
 * scheduled and asynchronous methods, listeners to events, and runners.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("task")
@EnableConfigurationProperties(TaskTracingProperties.class)
@ImportRuntimeHints(TaskRuntimeHints.class)
public final class TaskTracingAutoConfiguration {

	/**
	 * Reads its property from the environment, since beans of properties are not there
	 * yet.
	 */
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static TracedExecutorPostProcessor tracedExecutorPostProcessor(Environment environment) {
		CarriedContextAccessor.registerWith(ContextRegistry.getInstance());
		return new TracedExecutorPostProcessor(properties(environment).excludedExecutors());
	}

	private static TaskTracingProperties properties(Environment environment) {
		return Binder.get(environment).bindOrCreate("hindspan.task", TaskTracingProperties.class);
	}

	@Bean
	ScheduledTaskSpanConvention scheduledTaskSpanConvention() {
		return new ScheduledTaskSpanConvention();
	}

	/**
	 * Spans of {@code @Async} methods.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(name = TaskManagementConfigUtils.ASYNC_ANNOTATION_PROCESSOR_BEAN_NAME)
	@ConditionalOnBooleanProperty(name = "hindspan.task.async-spans", matchIfMissing = true)
	static class AsyncSpanConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static AsyncSpanAdvisor asyncSpanAdvisor(ObjectProvider<InstrumentationTracers> tracers) {
			return new AsyncSpanAdvisor(
					new AsyncSpanInterceptor(new TaskSpans(SingletonSupplier.of(tracers::getObject))));
		}

	}

	/**
	 * Spans of methods that listen to events.
	 */
	@Configuration(proxyBeanMethods = false)
	static class EventSpanConfiguration {

		/**
		 * Spring collects factories before any other bean, so this one asks for nothing
		 * that it does not need by then.
		 */
		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static TracedListeners tracedListeners(Environment environment, ObjectProvider<InstrumentationTracers> tracers,
				ObjectProvider<EventListenerFactory> factories,
				@Qualifier(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME) ObjectProvider<ApplicationEventMulticaster> multicaster) {
			return new TracedListeners(properties(environment).eventSpans(),
					new TaskSpans(SingletonSupplier.of(tracers::getObject)), factories, multicaster);
		}

	}

	/**
	 * Spans of what runs at the application's start.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "hindspan.task.runner-spans", matchIfMissing = true)
	static class RunnerSpanConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static RunnerSpanPostProcessor runnerSpanPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
			return new RunnerSpanPostProcessor(new TaskSpans(SingletonSupplier.of(tracers::getObject)));
		}

	}

}
