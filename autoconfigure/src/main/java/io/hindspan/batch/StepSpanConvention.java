package io.hindspan.batch;

import java.util.Set;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.scope.context.StepContext;
import org.springframework.batch.core.scope.context.StepSynchronizationManager;
import org.springframework.batch.core.step.StepExecution;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Describes the run of a step, with what it did to its items.
 */
final class StepSpanConvention implements SpanConvention<Observation.Context> {

	/** Stands between the name of a step and that of a partition. */
	private static final String PARTITION = ":";

	@Override
	public Class<Observation.Context> contextType() {
		return Observation.Context.class;
	}

	@Override
	public Set<String> observationNames() {
		return Set.of("spring.batch.step");
	}

	@Override
	public String instrumentationScope() {
		return BatchAttributes.SCOPE;
	}

	@Override
	public SpanKind kind(Observation.Context context) {
		return SpanKind.INTERNAL;
	}

	/**
	 * Without the partition, which may be a date or an id.
	 */
	@Override
	public String nameAtStart(Observation.Context context) {
		String name = BatchAttributes.value(context, BatchAttributes.STEP_NAME);
		int end = name.indexOf(PARTITION);
		return ((end > 0) ? name.substring(0, end) : name) + " step";
	}

	@Override
	public void attributesAtStart(Observation.Context context, SpanAttributes attributes) {
		attributes.put(BatchAttributes.STEP_NAME, BatchAttributes.value(context, BatchAttributes.STEP_NAME));
	}

	@Override
	public void attributesAtEnd(Observation.Context context, SpanAttributes attributes) {
		StepExecution execution = execution();
		if (execution == null) {
			return;
		}
		attributes.put(BatchAttributes.OUTCOME, BatchAttributes.outcome(execution.getStatus()));
		attributes.put(BatchAttributes.READ, execution.getReadCount());
		attributes.put(BatchAttributes.WRITTEN, execution.getWriteCount());
		attributes.put(BatchAttributes.FILTERED, execution.getFilterCount());
		attributes.put(BatchAttributes.SKIPPED_IN_READ, execution.getReadSkipCount());
		attributes.put(BatchAttributes.SKIPPED_IN_PROCESS, execution.getProcessSkipCount());
		attributes.put(BatchAttributes.SKIPPED_IN_WRITE, execution.getWriteSkipCount());
		attributes.put(BatchAttributes.COMMITS, execution.getCommitCount());
		attributes.put(BatchAttributes.ROLLBACKS, execution.getRollbackCount());
	}

	@Override
	public SpanOutcome outcome(Observation.Context context) {
		StepExecution execution = execution();
		return (execution != null) ? BatchAttributes.outcome(execution.getStatus(), execution.getFailureExceptions())
				: SpanOutcome.of(context.getError());
	}

	@Override
	public boolean covers(String key) {
		return key.equals("spring.batch.step.name") || key.equals("error");
	}

	/**
	 * The thread's own, which Spring Batch releases only after the observation.
	 */
	private static @Nullable StepExecution execution() {
		StepContext context = StepSynchronizationManager.getContext();
		return (context != null) ? context.getStepExecution() : null;
	}

}
