package io.hindspan.quartz;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.SimpleTrigger;
import org.quartz.Trigger;

/**
 * The span that asked for a run, as an entry of the trigger's data: a
 * {@code traceparent}, whatever formats the application uses for its headers, since
 * nobody but this library reads it.
 */
final class SchedulingLink {

	/** No name of a property, so that no job is populated with it. */
	static final String KEY = "hindspan-traceparent";

	/** Where it is kept for the runs that follow when a job asks to be fired again. */
	private static final Object KEPT = new Object();

	private SchedulingLink() {
	}

	/**
	 * The entry for the current span.
	 * @return the entry's value, or {@code null} where nothing is traced
	 */
	static @Nullable String current() {
		SpanContext span = Span.current().getSpanContext();
		return span.isValid() ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex()
				: null;
	}

	/**
	 * Whether a trigger's runs are worth a link. One that never ends goes on long after
	 * anybody asks who scheduled it.
	 */
	static boolean suits(Trigger trigger) {
		return trigger instanceof SimpleTrigger simple && simple.getRepeatCount() != SimpleTrigger.REPEAT_INDEFINITELY;
	}

	/**
	 * Takes the entry out of what a job is about to see.
	 * @return the span that asked for the run, invalid where it is not known
	 */
	static SpanContext takeFrom(JobExecutionContext job) {
		if (job.get(KEPT) instanceof SpanContext kept) {
			return kept;
		}
		Object value = takeFrom(job.getMergedJobDataMap());
		takeFrom(job.getTrigger().getJobDataMap());
		if (!(value instanceof String text)) {
			return SpanContext.getInvalid();
		}
		SpanContext span = Span
			.fromContext(W3CTraceContextPropagator.getInstance().extract(Context.root(), text, Entry.GETTER))
			.getSpanContext();
		job.put(KEPT, span);
		return span;
	}

	private static @Nullable Object takeFrom(@Nullable JobDataMap data) {
		return (data != null && data.containsKey(KEY)) ? data.remove(KEY) : null;
	}

	private enum Entry implements TextMapGetter<String> {

		GETTER;

		@Override
		public Iterable<String> keys(String carrier) {
			return java.util.List.of("traceparent");
		}

		@Override
		public @Nullable String get(@Nullable String carrier, String key) {
			return key.equals("traceparent") ? carrier : null;
		}

	}

}
