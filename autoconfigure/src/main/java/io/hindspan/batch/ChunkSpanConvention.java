package io.hindspan.batch;

import java.util.Set;

import io.micrometer.observation.Observation;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Describes the writing of chunks, where that is asked for, and leaves single items out:
 * the step's span stands for them.
 */
final class ChunkSpanConvention implements SpanConvention<Observation.Context> {

	private static final String WRITE = "spring.batch.chunk.write";

	private static final String STEP_NAME = "spring.batch.chunk.write.step.name";

	private final boolean chunkSpans;

	ChunkSpanConvention(boolean chunkSpans) {
		this.chunkSpans = chunkSpans;
	}

	@Override
	public Class<Observation.Context> contextType() {
		return Observation.Context.class;
	}

	@Override
	public Set<String> observationNames() {
		return Set.of(WRITE, "spring.batch.item.read", "spring.batch.item.process");
	}

	@Override
	public boolean leavesOut(Observation.Context context, Span parent) {
		return !(this.chunkSpans && WRITE.equals(context.getName()));
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
		return "chunk write";
	}

	@Override
	public void attributesAtStart(Observation.Context context, SpanAttributes attributes) {
		var step = context.getLowCardinalityKeyValue(STEP_NAME);
		attributes.put(BatchAttributes.STEP_NAME, (step != null) ? step.getValue() : null);
	}

	@Override
	public void attributesAtEnd(Observation.Context context, SpanAttributes attributes) {
		attributes.put(BatchAttributes.OUTCOME, (context.getError() != null) ? "ERROR" : "SUCCESS");
	}

	@Override
	public boolean covers(String key) {
		return key.startsWith(WRITE) || key.equals("error");
	}

}
