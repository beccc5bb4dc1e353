package io.hindspan.span;

import java.util.concurrent.CompletionException;

import io.micrometer.observation.aop.ObservedAspect.ObservedAspectContext;
import io.opentelemetry.api.trace.SpanKind;
import org.aspectj.lang.Signature;
import org.jspecify.annotations.Nullable;

/**
 * Describes methods with {@code @Observed}: the span has the name that the annotation
 * gives, and tells its method by the standard attribute.
 */
final class ObservedSpanConvention implements SpanConvention<ObservedAspectContext> {

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	@Override
	public Class<ObservedAspectContext> contextType() {
		return ObservedAspectContext.class;
	}

	@Override
	public String instrumentationScope() {
		return InstrumentationTracers.APPLICATION_SCOPE;
	}

	@Override
	public SpanKind kind(ObservedAspectContext context) {
		return SpanKind.INTERNAL;
	}

	@Override
	public String nameAtStart(ObservedAspectContext context) {
		return GenericConvention.INSTANCE.nameAtStart(context);
	}

	@Override
	public void attributesAtStart(ObservedAspectContext context, SpanAttributes attributes) {
		Signature signature = context.getProceedingJoinPoint().getSignature();
		this.functions.get(signature.getDeclaringType(), signature.getName()).writeTo(attributes);
	}

	@Override
	public @Nullable String nameAtEnd(ObservedAspectContext context) {
		return GenericConvention.INSTANCE.nameAtEnd(context);
	}

	/**
	 * What failed in a future comes wrapped.
	 */
	@Override
	public SpanOutcome outcome(ObservedAspectContext context) {
		Throwable cause = (context.getError() instanceof CompletionException error) ? error.getCause() : null;
		return (cause != null) ? SpanOutcome.of(cause) : GenericConvention.INSTANCE.outcome(context);
	}

	@Override
	public boolean covers(String key) {
		return switch (key) {
			case "class", "method", "error" -> true;
			default -> false;
		};
	}

}
