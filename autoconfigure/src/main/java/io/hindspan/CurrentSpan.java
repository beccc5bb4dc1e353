package io.hindspan;

import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.LocalRoot;

/**
 * What application code says of the span it runs in, one line each. Does nothing where
 * nothing is traced, and never throws on its own account. Everything here works on the
 * current thread; the span of another thread is not touched.
 *
 * <pre class="code">
 * CurrentSpan.attribute("task.id", task.id());
 * CurrentSpan.event("cache_miss", Map.of("cache.type", "permission"));
 * Task task = CurrentSpan.child("validate_task", () -&gt; validate(request));
 * </pre>
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/trace/api/">OpenTelemetry's
 * tracing API</a>
 */
public final class CurrentSpan {

	private static final AttributeKey<Boolean> MILESTONE = AttributeKey.booleanKey("hindspan.milestone");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<String> ERROR_CATEGORY = AttributeKey.stringKey("hindspan.error.category");

	private CurrentSpan() {
	}

	/**
	 * Sets a text.
	 * @param key the attribute's name
	 * @param value the value; {@code null} sets nothing
	 */
	public static void attribute(String key, @Nullable String value) {
		if (value != null) {
			Span.current().setAttribute(key, value);
		}
	}

	/**
	 * Sets a whole number.
	 * @param key the attribute's name
	 * @param value the value
	 */
	public static void attribute(String key, long value) {
		Span.current().setAttribute(key, value);
	}

	/**
	 * Sets a number.
	 * @param key the attribute's name
	 * @param value the value
	 */
	public static void attribute(String key, double value) {
		Span.current().setAttribute(key, value);
	}

	/**
	 * Sets a yes or no.
	 * @param key the attribute's name
	 * @param value the value
	 */
	public static void attribute(String key, boolean value) {
		Span.current().setAttribute(key, value);
	}

	/**
	 * Sets a list of texts.
	 * @param key the attribute's name
	 * @param values the values
	 */
	public static void attribute(String key, List<String> values) {
		Span span = Span.current();
		if (span.isRecording()) {
			span.setAttribute(AttributeKey.stringArrayKey(key), List.copyOf(values));
		}
	}

	/**
	 * Notes that something happened now.
	 * @param name the event's name, of low cardinality
	 */
	public static void event(String name) {
		Span.current().addEvent(name);
	}

	/**
	 * Notes that something happened now, with what belongs to it.
	 * @param name the event's name, of low cardinality
	 * @param attributes the event's attributes: texts, numbers and booleans as they are,
	 * anything else as its text
	 */
	public static void event(String name, Map<String, ?> attributes) {
		Span span = Span.current();
		if (span.isRecording()) {
			span.addEvent(name, attributes(attributes));
		}
	}

	/**
	 * Notes that the work has reached a point that people ask about, such as
	 * {@code task_created}.
	 * @param name the milestone's name, of low cardinality
	 */
	public static void milestone(String name) {
		Span span = Span.current();
		if (span.isRecording()) {
			span.addEvent(name, Attributes.of(MILESTONE, true));
		}
	}

	/**
	 * Marks the span as failed by something that is part of normal operation, such as an
	 * unknown id: status and type of an error, without an exception.
	 * @param category the category, such as {@code validation} or {@code not_found}
	 * @param description what went wrong, free of personal data
	 */
	public static void expectedError(String category, String description) {
		Span span = Span.current();
		span.setStatus(StatusCode.ERROR, description);
		span.setAttribute(ERROR_TYPE, category);
		span.setAttribute(ERROR_CATEGORY, category);
	}

	/**
	 * Runs a piece of code in a span of its own, beneath the current one.
	 * @param name the span's name, of low cardinality
	 * @param work the code
	 * @param <T> the type of the result
	 * @param <E> the type of what the code throws
	 * @return what the code returned
	 * @throws E what the code threw, unchanged
	 */
	public static <T extends @Nullable Object, E extends Throwable> T child(String name, Work<T, E> work) throws E {
		LocalRoot root = LocalRoot.current();
		if (root == null) {
			return work.run();
		}
		return run(root.tracers(), Context.current(), name, SpanKind.INTERNAL, work);
	}

	/**
	 * Runs a piece of code without a result in a span of its own, beneath the current
	 * one.
	 * @param name the span's name, of low cardinality
	 * @param work the code
	 * @param <E> the type of what the code throws
	 * @throws E what the code threw, unchanged
	 */
	public static <E extends Throwable> void childRun(String name, VoidWork<E> work) throws E {
		CurrentSpan.<@Nullable Void, E>child(name, () -> {
			work.run();
			return null;
		});
	}

	static <T extends @Nullable Object, E extends Throwable> T run(InstrumentationTracers tracers, Context parent,
			String name, SpanKind kind, Work<T, E> work) throws E {
		InstrumentationTracer tracer = tracers.get(InstrumentationTracers.APPLICATION_SCOPE);
		if (tracer.leavesOut(parent)) {
			try (Scope scope = parent.makeCurrent()) {
				return work.run();
			}
		}
		Span span = tracer.spanBuilder(name, kind, parent).startSpan();
		Context context = tracers.contextOf(parent, span);
		try (Scope scope = context.makeCurrent()) {
			return work.run();
		}
		catch (Throwable ex) {
			tracer.fail(span, context, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	private static Attributes attributes(Map<String, ?> values) {
		AttributesBuilder builder = Attributes.builder();
		values.forEach((key, value) -> {
			if (value instanceof Boolean flag) {
				builder.put(key, flag);
			}
			else if (value instanceof Double || value instanceof Float) {
				builder.put(key, ((Number) value).doubleValue());
			}
			else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
				builder.put(key, ((Number) value).longValue());
			}
			else if (value != null) {
				builder.put(key, value.toString());
			}
		});
		return builder.build();
	}

	/**
	 * A piece of code with a result.
	 *
	 * @param <T> the type of the result
	 * @param <E> the type of what it throws
	 */
	@FunctionalInterface
	public interface Work<T extends @Nullable Object, E extends Throwable> {

		/**
		 * Does the work.
		 * @return the result
		 * @throws E if the work fails
		 */
		T run() throws E;

	}

	/**
	 * A piece of code without a result.
	 *
	 * @param <E> the type of what it throws
	 */
	@FunctionalInterface
	public interface VoidWork<E extends Throwable> {

		/**
		 * Does the work.
		 * @throws E if the work fails
		 */
		void run() throws E;

	}

}
