package io.hindspan.redis;

import java.util.function.Consumer;
import java.util.function.Function;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a CONSUMER span of what is done with a message. Thread-safe.
 */
final class ProcessSpans {

	private static final String PROCESS = "process";

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	ProcessSpans(InstrumentationTracers tracers) {
		this.tracers = tracers;
		this.tracer = tracers.get(RedisSpan.SCOPE);
	}

	/**
	 * The context that a message carries.
	 * @param fields what gives the value of a field
	 * @return the sender's context, or the root where the message tells none
	 */
	Context sender(Function<String, @Nullable String> fields) {
		return this.tracers.extract(Context.root(), fields);
	}

	/**
	 * Opens the span of what is done with a message.
	 * @param parent the sender's context, never that of the thread, which waits for
	 * messages of all senders
	 * @param destination the name of the channel, its pattern or the stream
	 * @param attributes what writes the attributes of the message
	 * @return the span
	 */
	OpenSpan open(Context parent, String destination, Consumer<SpanAttributes> attributes) {
		SpanBuilder builder = this.tracer.spanBuilder(destination + ' ' + PROCESS, SpanKind.CONSUMER, parent);
		SpanAttributes written = this.tracer.attributes(builder);
		written.put(MessageAttributes.SYSTEM, RedisSpan.SYSTEM);
		written.put(MessageAttributes.OPERATION_TYPE, PROCESS);
		written.put(MessageAttributes.OPERATION_NAME, PROCESS, null);
		attributes.accept(written);
		Span span = builder.startSpan();
		return this.tracer.open(span, this.tracers.contextOf(parent, span));
	}

}
