package io.hindspan;

import java.util.function.BiConsumer;
import java.util.function.Function;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import io.hindspan.CurrentSpan.Work;
import io.hindspan.span.InstrumentationTracers;

/**
 * Carries the trace over a transport of the application's own: a job table, a file, a
 * protocol that nobody else speaks. A bean to inject, which is there also where tracing
 * is off. Thread-safe.
 *
 * <pre class="code">
 * propagation.inject(job.headers()::put);
 * propagation.continueFrom(job.headers()::get, "process job", () -&gt; process(job));
 * </pre>
 *
 * The formats are those of {@code management.tracing.propagation.*}.
 */
public final class CarrierPropagation {

	private final @Nullable InstrumentationTracers tracers;

	CarrierPropagation(@Nullable InstrumentationTracers tracers) {
		this.tracers = tracers;
	}

	/**
	 * Writes the current context into a carrier. Writes nothing where nothing is traced.
	 * @param carrier what takes each field's name and value
	 */
	public void inject(BiConsumer<String, String> carrier) {
		if (this.tracers != null) {
			this.tracers.inject(Context.current(), carrier);
		}
	}

	/**
	 * Runs a piece of code in a CONSUMER span that continues the trace of a carrier, or
	 * begins a new one where the carrier tells none.
	 * @param carrier what gives the value of a field, or {@code null}
	 * @param name the span's name, of low cardinality
	 * @param work the code
	 * @param <T> the type of the result
	 * @param <E> the type of what the code throws
	 * @return what the code returned
	 * @throws E what the code threw, unchanged
	 */
	public <T extends @Nullable Object, E extends Throwable> T continueFrom(Function<String, @Nullable String> carrier,
			String name, Work<T, E> work) throws E {
		InstrumentationTracers tracers = this.tracers;
		if (tracers == null) {
			return work.run();
		}
		return CurrentSpan.run(tracers, tracers.extract(Context.current(), carrier), name, SpanKind.CONSUMER, work);
	}

}
