package io.hindspan.task;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.ScheduledTaskObservationContext;

import io.hindspan.span.CodeFunction;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;

/**
 * Describes each run of a scheduled method.
 */
final class ScheduledTaskSpanConvention implements SpanConvention<ScheduledTaskObservationContext> {

	static final String SCOPE = "io.hindspan.task";

	/** How Spring's own names begin. */
	private static final String DEFAULT_NAME = "task ";

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	@Override
	public Class<ScheduledTaskObservationContext> contextType() {
		return ScheduledTaskObservationContext.class;
	}

	@Override
	public String instrumentationScope() {
		return SCOPE;
	}

	@Override
	public SpanKind kind(ScheduledTaskObservationContext context) {
		return SpanKind.INTERNAL;
	}

	@Override
	public String nameAtStart(ScheduledTaskObservationContext context) {
		return function(context).shortName();
	}

	@Override
	public void attributesAtStart(ScheduledTaskObservationContext context, SpanAttributes attributes) {
		function(context).writeTo(attributes);
	}

	/**
	 * A name from the application's own convention stays.
	 */
	@Override
	public @Nullable String nameAtEnd(ScheduledTaskObservationContext context) {
		String name = context.getContextualName();
		return (name != null && !name.startsWith(DEFAULT_NAME)) ? name : null;
	}

	/**
	 * The outcome stays, as success is told by nothing else.
	 */
	@Override
	public boolean covers(String key) {
		return switch (key) {
			case "code.function", "code.namespace", "error", "exception" -> true;
			default -> false;
		};
	}

	private CodeFunction function(ScheduledTaskObservationContext context) {
		return this.functions.get(context.getTargetClass(), context.getMethod().getName());
	}

}
