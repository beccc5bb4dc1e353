package io.hindspan.batch;

import java.util.List;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.step.FatalStepExecutionException;

import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanOutcome;

/**
 * The attributes of the spans of batch jobs, for which OpenTelemetry has no conventions:
 * in the words of Spring Batch.
 */
final class BatchAttributes {

	static final String SCOPE = "io.hindspan.batch";

	static final SemanticKey<String> JOB_NAME = SemanticKey.text("spring.batch.job.name");

	static final SemanticKey<String> STEP_NAME = SemanticKey.text("spring.batch.step.name");

	static final SemanticKey<Long> READ = SemanticKey.number("spring.batch.step.read_count");

	static final SemanticKey<Long> WRITTEN = SemanticKey.number("spring.batch.step.write_count");

	static final SemanticKey<Long> FILTERED = SemanticKey.number("spring.batch.step.filter_count");

	static final SemanticKey<Long> SKIPPED_IN_READ = SemanticKey.number("spring.batch.step.read_skip_count");

	static final SemanticKey<Long> SKIPPED_IN_PROCESS = SemanticKey.number("spring.batch.step.process_skip_count");

	static final SemanticKey<Long> SKIPPED_IN_WRITE = SemanticKey.number("spring.batch.step.write_skip_count");

	static final SemanticKey<Long> COMMITS = SemanticKey.number("spring.batch.step.commit_count");

	static final SemanticKey<Long> ROLLBACKS = SemanticKey.number("spring.batch.step.rollback_count");

	static final SemanticKey<String> OUTCOME = SemanticKey.text("outcome");

	private BatchAttributes() {
	}

	/**
	 * What Spring Batch tells of an observation before it starts.
	 */
	static String value(Observation.Context context, SemanticKey<String> key) {
		var keyValue = context.getLowCardinalityKeyValue(key.toString());
		return (keyValue != null) ? keyValue.getValue() : "unknown";
	}

	static String outcome(BatchStatus status) {
		return switch (status) {
			case COMPLETED -> "SUCCESS";
			case STOPPED, STOPPING -> "STOPPED";
			default -> "ERROR";
		};
	}

	/**
	 * The outcome with the exception itself, for which the observation has a text.
	 */
	static SpanOutcome outcome(BatchStatus status, List<Throwable> failures) {
		if (!outcome(status).equals("ERROR")) {
			return SpanOutcome.unset();
		}
		return failures.isEmpty() ? SpanOutcome.failed(status.name(), null)
				: SpanOutcome.of(withoutWrapper(failures.get(0)));
	}

	private static Throwable withoutWrapper(Throwable failure) {
		@Nullable Throwable cause = (failure instanceof FatalStepExecutionException) ? failure.getCause() : null;
		return (cause != null) ? cause : failure;
	}

}
