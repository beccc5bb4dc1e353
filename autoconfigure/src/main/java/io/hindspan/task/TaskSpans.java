package io.hindspan.task;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanAttributes;

/**
 * Runs the application's code in spans, each from when the work begins until it is done,
 * or until the future that it returns is. Thread-safe.
 */
final class TaskSpans {

	/** As Spring's own observation of scheduled methods tells it. */
	private static final SemanticKey<String> OUTCOME = SemanticKey.text("outcome");

	private final Supplier<InstrumentationTracers> tracers;

	TaskSpans(Supplier<InstrumentationTracers> tracers) {
		this.tracers = tracers;
	}

	/**
	 * Runs a piece of code in a span, or without one where nobody would see it.
	 * @param name the span's name, of low cardinality
	 * @param parent the parent's context
	 * @param description writes the attributes that are known at the start
	 * @param work the code
	 * @param <E> the type of what the code throws
	 * @return what the code returned
	 * @throws E what the code threw, unchanged
	 */
	<E extends Throwable> @Nullable Object run(String name, Context parent, Consumer<SpanAttributes> description,
			Work<E> work) throws E {
		InstrumentationTracers tracers = this.tracers.get();
		InstrumentationTracer tracer = tracers.get(ScheduledTaskSpanConvention.SCOPE);
		if (tracer.leavesOut(parent)) {
			return work.run();
		}
		SpanBuilder builder = tracer.spanBuilder(name, SpanKind.INTERNAL, parent);
		description.accept(tracer.attributes(builder));
		Span span = builder.startSpan();
		Context context = tracers.contextOf(parent, span);
		try (Scope scope = context.makeCurrent()) {
			Object result = work.run();
			if (result instanceof CompletionStage<?> stage) {
				stage.whenComplete((value, error) -> end(tracer, span, context, error));
			}
			else {
				end(tracer, span, context, null);
			}
			return result;
		}
		catch (Throwable ex) {
			end(tracer, span, context, ex);
			throw ex;
		}
	}

	private void end(InstrumentationTracer tracer, Span span, Context context, @Nullable Throwable error) {
		tracer.attributes(span).put(OUTCOME, (error != null) ? "ERROR" : "SUCCESS");
		if (error != null) {
			Throwable cause = (error instanceof CompletionException) ? error.getCause() : null;
			tracer.fail(span, context, (cause != null) ? cause : error);
		}
		span.end();
	}

	/**
	 * A piece of the application's code.
	 *
	 * @param <E> the type of what it throws
	 */
	interface Work<E extends Throwable> {

		@Nullable Object run() throws E;

	}

}
