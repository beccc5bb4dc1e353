package io.hindspan.redis;

import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import redis.clients.jedis.exceptions.JedisDataException;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanOutcome;

/**
 * Makes the spans of a client of Jedis. Thread-safe.
 */
final class JedisSpans {

	private final InstrumentationTracer tracer;

	private final JedisEndpoint endpoint;

	JedisSpans(ObjectProvider<InstrumentationTracers> tracers, JedisEndpoint endpoint) {
		this.tracer = tracers.getObject().get(RedisSpan.SCOPE);
		this.endpoint = endpoint;
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
		if (this.tracer.leavesOut(parent)
				|| (RedisSpan.isHousekeeping(command) && !Span.fromContext(parent).getSpanContext().isValid())) {
			return work.get();
		}
		Span span = start(command, parent);
		try {
			return work.get();
		}
		catch (Throwable ex) {
			fail(span, parent, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	private Span start(String command, Context parent) {
		SpanBuilder builder = this.tracer.spanBuilder(command, SpanKind.CLIENT, parent);
		this.tracer.attributes(builder)
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
		this.tracer.attributes(span).put(RedisAttributes.RESPONSE_STATUS, status);
		this.tracer.outcome(span, parent,
				SpanOutcome.failed((status != null) ? status : failure.getClass().getName(), null));
	}

}
