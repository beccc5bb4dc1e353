package io.hindspan.batch;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.batch.core.configuration.annotation.BatchObservabilityBeanPostProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Describes the jobs and steps of Spring Batch where they are observed.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(BatchObservabilityBeanPostProcessor.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("batch")
@EnableConfigurationProperties(BatchTracingProperties.class)
@ImportRuntimeHints(BatchRuntimeHints.class)
public final class BatchTracingAutoConfiguration {

	@Bean
	JobSpanConvention batchJobSpanConvention() {
		return new JobSpanConvention();
	}

	@Bean
	StepSpanConvention batchStepSpanConvention() {
		return new StepSpanConvention();
	}

	@Bean
	ChunkSpanConvention batchChunkSpanConvention(BatchTracingProperties properties) {
		return new ChunkSpanConvention(properties.chunkSpans());
	}

	@Bean
	static InlineStepPostProcessor tracingInlineStepPostProcessor(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<BatchObservabilityBeanPostProcessor> observability) {
		return new InlineStepPostProcessor(registry, observability);
	}

}
