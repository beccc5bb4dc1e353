package io.hindspan.span;

import io.micrometer.observation.aop.ObservedAspect;
import org.aspectj.lang.ProceedingJoinPoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;

/**
 * Describes methods with {@code @Observed}.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass({ ObservedAspect.class, ProceedingJoinPoint.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("span")
public final class ObservedTracingAutoConfiguration {

	@Bean
	ObservedSpanConvention observedSpanConvention() {
		return new ObservedSpanConvention();
	}

}
