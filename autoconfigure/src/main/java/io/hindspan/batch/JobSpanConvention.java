package io.hindspan.batch;

import java.util.Set;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.scope.context.JobContext;
import org.springframework.batch.core.scope.context.JobSynchronizationManager;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the run of a job.
 */
final class JobSpanConvention implements SpanConvention<Observation.Context> {

	@Override
	public Class<Observation.Context> contextType() {
		return Observation.Context.class;
	}

	@Override
	public Set<String> observationNames() {
		return Set.of("spring.batch.job");
	}

	@Override
	public String instrumentationScope() {
		return BatchAttributes.SCOPE;
	}

	@Override
	public SpanKind kind(Observation.Context context) {
		return SpanKind.INTERNAL;
	}

	@Override
	public String nameAtStart(Observation.Context context) {
		return BatchAttributes.value(context, BatchAttributes.JOB_NAME) + " job";
	}

	@Override
	public void attributesAtStart(Observation.Context context, SpanAttributes attributes) {
		attributes.put(BatchAttributes.JOB_NAME, BatchAttributes.value(context, BatchAttributes.JOB_NAME));
	}

	@Override
	public void attributesAtEnd(Observation.Context context, SpanAttributes attributes) {
		JobExecution execution = execution();
		if (execution != null) {
			attributes.put(BatchAttributes.OUTCOME, BatchAttributes.outcome(execution.getStatus()));
		}
	}

	/**
	 * A job that failed by a step has that step's exception, which is told there.
	 */
	@Override
	public SpanOutcome outcome(Observation.Context context) {
		JobExecution execution = execution();
		return (execution != null) ? BatchAttributes.outcome(execution.getStatus(), execution.getAllFailureExceptions())
				: SpanOutcome.of(context.getError());
	}

	@Override
	public boolean covers(String key) {
		return key.equals("spring.batch.job.name") || key.equals("error");
	}

	private static @Nullable JobExecution execution() {
		JobContext context = JobSynchronizationManager.getContext();
		return (context != null) ? context.getJobExecution() : null;
	}

}
