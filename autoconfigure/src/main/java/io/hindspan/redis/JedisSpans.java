package io.hindspan.redis;

import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;
import redis.clients.jedis.exceptions.JedisDataException;

import io.hindspan.core.FaultGuard;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanOutcome;

/**
 * Makes the spans of a client of Jedis. Thread-safe.
 */
final class JedisSpans {

	private final FaultGuard guard = new FaultGuard("a command of Jedis");

	private final Supplier<InstrumentationTracer> tracer;

	private final JedisEndpoint endpoint;

	JedisSpans(Supplier<InstrumentationTracer> tracer, JedisEndpoint endpoint) {
		this.tracer = tracer;
		this.endpoint = endpoint;
	}

	/**
	 * What looks the tracer up once, when it is first needed.
	 * @param tracers what has the tracers
	 * @return the tracer
	 */
	static Supplier<InstrumentationTracer> tracer(ObjectProvider<InstrumentationTracers> tracers) {
		return SingletonSupplier.of(() -> tracers.getObject().get(RedisSpan.SCOPE));
	}

	/**
	 * Sends a command in a span.
	 * @param command the command's name
	 * @param work what sends it and waits for the reply
	 * @param <T> the type of the result
	 * @return the result
	 */
	<T extends @Nullable Object> T run(String command, Supplier<T> work) {
		Context parent = Context.current();
		Span span = this.guard.get(() -> start(command, parent));
		if (span == null) {
			return work.get();
		}
		try {
			return work.get();
		}
		catch (Throwable ex) {
			this.guard.run(() -> fail(span, parent, ex));
			throw ex;
		}
		finally {
			this.guard.run(span::end);
		}
	}

	private @Nullable Span start(String command, Context parent) {
		InstrumentationTracer tracer = this.tracer.get();
		if (tracer.leavesOut(parent)
				|| (RedisSpan.isHousekeeping(command) && !Span.fromContext(parent).getSpanContext().isValid())) {
			return null;
		}
		SpanBuilder builder = tracer.spanBuilder(command, SpanKind.CLIENT, parent);
		tracer.attributes(builder)
			.put(RedisAttributes.SYSTEM, RedisSpan.SYSTEM)
			.put(RedisAttributes.OPERATION, command)
			.put(RedisAttributes.DATABASE, this.endpoint.database())
			.put(RedisAttributes.SERVER_ADDRESS, this.endpoint.host())
			.put(RedisAttributes.SERVER_PORT, this.endpoint.port());
		return builder.startSpan();
	}

	/**
	 * Tells the type of the error but not the exception, whose message may quote what was
	 * sent: it is the caller's.
	 */
	private void fail(Span span, Context parent, Throwable failure) {
		String status = null;
		for (Throwable cause = failure; cause != null && status == null; cause = cause.getCause()) {
			String message = cause.getMessage();
			status = (cause instanceof JedisDataException && message != null) ? RedisSpan.errorPrefix(message) : null;
		}
		InstrumentationTracer tracer = this.tracer.get();
		tracer.attributes(span).put(RedisAttributes.RESPONSE_STATUS, status);
		tracer.outcome(span, parent,
				SpanOutcome.failed((status != null) ? status : failure.getClass().getName(), null));
	}

}
