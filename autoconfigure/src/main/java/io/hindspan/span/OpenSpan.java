package io.hindspan.span;

import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import io.hindspan.core.FaultGuard;

/**
 * A span that is current from its opening to its end. Once it is open, nothing that goes
 * wrong with it is thrown. Belongs to the thread that opened it.
 *
 * <pre class="code">
 * return OpenSpan.run(guard, () -&gt; tracer.open(builder.startSpan(), context), work);
 * </pre>
 */
public final class OpenSpan {

	private final InstrumentationTracer tracer;

	private final FaultGuard guard;

	private final Span span;

	private final Context context;

	private final Scope scope;

	OpenSpan(InstrumentationTracer tracer, FaultGuard guard, Span span, Context context) {
		this.tracer = tracer;
		this.guard = guard;
		this.span = span;
		this.context = context;
		this.scope = context.makeCurrent();
	}

	/**
	 * Does work in a span and ends it.
	 * @param guard what keeps faults of the opening away
	 * @param opening what opens the span, or gives {@code null} where there is to be none
	 * @param work the work
	 * @param <T> the type of the result
	 * @param <E> the type of what the work throws
	 * @return what the work returned
	 * @throws E what the work threw, unchanged
	 */
	public static <T extends @Nullable Object, E extends Throwable> T run(FaultGuard guard,
			Supplier<? extends @Nullable OpenSpan> opening, Work<T, E> work) throws E {
		OpenSpan span = guard.get(opening);
		if (span == null) {
			return work.run();
		}
		try {
			return work.run();
		}
		catch (Throwable ex) {
			span.fail(ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	/**
	 * Where to write what is known later.
	 * @return the attributes
	 */
	public SpanAttributes attributes() {
		return this.tracer.attributes(this.span);
	}

	/**
	 * Whether it is of any use to describe the span.
	 * @return {@code true} if somebody may see it
	 */
	public boolean isRecording() {
		return this.span.isRecording();
	}

	/**
	 * Notes that the work has failed.
	 * @param exception what it threw
	 */
	public void fail(Throwable exception) {
		this.guard.run(() -> this.tracer.fail(this.span, this.context, exception));
	}

	/**
	 * Makes current what was before, and ends the span.
	 */
	public void end() {
		this.guard.run(this.scope::close);
		this.guard.run(this.span::end);
	}

	/**
	 * What is done in a span.
	 *
	 * @param <T> the type of the result
	 * @param <E> the type of what it throws
	 */
	@FunctionalInterface
	public interface Work<T extends @Nullable Object, E extends Throwable> {

		/**
		 * Does the work.
		 * @return the result
		 * @throws E what it throws
		 */
		T run() throws E;

	}

}
