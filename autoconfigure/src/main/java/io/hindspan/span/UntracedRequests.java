package io.hindspan.span;

import java.util.function.Predicate;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;

/**
 * Requests that have no span, nor has anything beneath them: those for pages that show
 * traces, which would otherwise show themselves. In the place of their span is one that
 * nobody samples and no response tells of. Thread-safe.
 */
public final class UntracedRequests {

	private final Predicate<String> paths;

	private final Span span = Span.wrap(SpanContext.create(IdGenerator.random().generateTraceId(),
			IdGenerator.random().generateSpanId(), TraceFlags.getDefault(), TraceState.getDefault()));

	/**
	 * Says which they are.
	 * @param paths whether requests of a path are not traced; the path is that within the
	 * application, neither decoded nor with a query
	 */
	public UntracedRequests(Predicate<String> paths) {
		this.paths = paths;
	}

	/**
	 * No requests at all.
	 * @return what leaves no request out
	 */
	public static UntracedRequests none() {
		return new UntracedRequests((path) -> false);
	}

	/**
	 * Whether requests of a path are not traced.
	 * @param path the path within the application, as it was sent
	 * @return {@code true} if they have no span
	 */
	public boolean contain(String path) {
		return this.paths.test(path);
	}

	/**
	 * The context of such a request.
	 * @param context the context in which it came
	 * @return the context with the span that stands for the request's own
	 */
	public Context in(Context context) {
		return context.with(this.span);
	}

	/**
	 * Whether a span is the one that stands for those of such requests.
	 * @param context the context of the span
	 * @return {@code true} if it is
	 */
	public boolean have(SpanContext context) {
		return context == this.span.getSpanContext();
	}

	/**
	 * The trace id that logs may show for such requests.
	 * @return the id, which no trace has
	 */
	public String traceId() {
		return this.span.getSpanContext().getTraceId();
	}

}
