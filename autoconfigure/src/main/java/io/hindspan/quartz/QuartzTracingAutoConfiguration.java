package io.hindspan.quartz;

import org.quartz.Scheduler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the jobs of every Quartz scheduler.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(Scheduler.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("quartz")
@EnableConfigurationProperties(QuartzTracingProperties.class)
@ImportRuntimeHints(QuartzRuntimeHints.class)
public final class QuartzTracingAutoConfiguration {

	/**
	 * Reads its property from the environment, since beans of properties are not there
	 * yet.
	 */
	@Bean
	static SchedulerPostProcessor tracingSchedulerPostProcessor(Environment environment,
			ObjectProvider<InstrumentationTracers> tracers) {
		QuartzTracingProperties properties = Binder.get(environment)
			.bindOrCreate("hindspan.quartz", QuartzTracingProperties.class);
		return new SchedulerPostProcessor(new JobSpans(SingletonSupplier.of(tracers::getObject)),
				properties.linkToScheduler());
	}

}
