package io.hindspan.outbox;

import java.util.LinkedHashMap;
import java.util.Map;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.CurrentSpan.VoidWork;
import io.hindspan.CurrentSpan.Work;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Keeps the trace of what is written into an outbox: the context is stored with the row,
 * and whoever relays the row later goes on with that trace. A bean to inject, which is
 * there also where tracing is off. Thread-safe.
 *
 * <pre class="code">
 * row.setTrace(outbox.capture());
 *
 * outbox.relayRun(row.getTrace(), "relay task event", () -&gt; kafka.send(row.getTopic(), row.getPayload()));
 * </pre>
 *
 * The formats are those of {@code management.tracing.propagation.*}.
 */
public final class OutboxTracing {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.outbox";

	private static final int MAX_READ = 10_000;

	private static final char SEPARATOR = '\n';

	private static final Logger logger = LoggerFactory.getLogger(OutboxTracing.class);

	private final @Nullable InstrumentationTracers tracers;

	private final int maxLength;

	OutboxTracing(@Nullable InstrumentationTracers tracers, int maxLength) {
		this.tracers = tracers;
		this.maxLength = maxLength;
	}

	/**
	 * The current context, to be stored with a row.
	 * @return a text without personal data, of at most {@code hindspan.outbox.max-length}
	 * characters (255), or {@code null} where nothing is traced
	 */
	public @Nullable String capture() {
		InstrumentationTracers tracers = this.tracers;
		if (tracers == null) {
			return null;
		}
		try {
			StringBuilder text = new StringBuilder();
			tracers.inject(Context.current(), (name, value) -> {
				if (text.length() + name.length() + value.length() + 2 <= this.maxLength && isOneLine(value)) {
					text.append(text.isEmpty() ? "" : SEPARATOR).append(name).append('=').append(value);
				}
			});
			return text.isEmpty() ? null : text.toString();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not capture the context of a row", ex);
			return null;
		}
	}

	private static boolean isOneLine(String value) {
		return value.indexOf(SEPARATOR) < 0 && value.indexOf('\r') < 0;
	}

	/**
	 * Runs the relaying of a row in a CONSUMER span that goes on with the row's trace,
	 * linked to the span that is current, such as that of the job that reads the outbox.
	 * Where the row tells no trace the span is a child of the current one.
	 * @param context what {@link #capture()} returned, or {@code null}
	 * @param name the span's name, of low cardinality
	 * @param work the relaying
	 * @param <T> the type of the result
	 * @param <E> the type of what the work throws
	 * @return what the work returned
	 * @throws E what the work threw, unchanged
	 */
	public <T extends @Nullable Object, E extends Throwable> T relay(@Nullable String context, String name,
			Work<T, E> work) throws E {
		InstrumentationTracers tracers = this.tracers;
		if (tracers == null) {
			return work.run();
		}
		InstrumentationTracer tracer = tracers.get(INSTRUMENTATION_SCOPE);
		Context current = Context.current();
		Context parent = restore(tracers, context, current);
		SpanBuilder builder = tracer.spanBuilder(name, SpanKind.CONSUMER, parent);
		SpanContext relaying = Span.fromContext(current).getSpanContext();
		if (parent != current && relaying.isValid()) {
			builder.addLink(relaying);
		}
		Span span = builder.startSpan();
		try (Scope scope = tracers.contextOf(parent, span).makeCurrent()) {
			return work.run();
		}
		catch (Throwable ex) {
			tracer.fail(span, parent, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	/**
	 * Runs the relaying of a row, without a result, in a CONSUMER span as
	 * {@link #relay(String, String, Work)} does.
	 * @param context what {@link #capture()} returned, or {@code null}
	 * @param name the span's name, of low cardinality
	 * @param work the relaying
	 * @param <E> the type of what the work throws
	 * @throws E what the work threw, unchanged
	 */
	public <E extends Throwable> void relayRun(@Nullable String context, String name, VoidWork<E> work) throws E {
		this.<@Nullable Void, E>relay(context, name, () -> {
			work.run();
			return null;
		});
	}

	private static Context restore(InstrumentationTracers tracers, @Nullable String text, Context current) {
		if (text == null || text.isBlank() || text.length() > MAX_READ) {
			return current;
		}
		Map<String, String> fields = new LinkedHashMap<>();
		for (String line : text.split("\\R")) {
			int equals = line.indexOf('=');
			if (equals > 0) {
				fields.put(line.substring(0, equals), line.substring(equals + 1));
			}
		}
		try {
			Context restored = tracers.extract(Context.root(), fields::get);
			return Span.fromContext(restored).getSpanContext().isValid() ? restored : current;
		}
		catch (RuntimeException ex) {
			logger.debug("Could not restore the context of a row", ex);
			return current;
		}
	}

}
