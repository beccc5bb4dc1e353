package io.hindspan.propagation;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Carries the identity of a span in the headers {@code traceparent} and
 * {@code tracestate}. A {@code traceparent} that breaks a rule, comes more than once or
 * is longer than {@value #MAX_LENGTH} characters counts as none, so that a new trace
 * begins; a {@code tracestate} that breaks one is dropped and leaves the
 * {@code traceparent} as it is. Immutable.
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/">W3C Trace Context Level 2</a>
 */
final class TraceContextPropagator implements TextMapPropagator {

	static final String TRACEPARENT = "traceparent";

	static final String TRACESTATE = "tracestate";

	/**
	 * A later version may append fields, of which only this many characters are borne
	 * with.
	 */
	static final int MAX_LENGTH = 512;

	private static final List<String> FIELDS = List.of(TRACEPARENT, TRACESTATE);

	private static final int TRACE_ID_START = 3;

	private static final int SPAN_ID_START = TRACE_ID_START + 32 + 1;

	private static final int FLAGS_START = SPAN_ID_START + 16 + 1;

	private static final int LENGTH = FLAGS_START + 2;

	/** The bits that have a meaning; the others are to be set to zero. */
	private static final int KNOWN_FLAGS = 0b11;

	@Override
	public Collection<String> fields() {
		return FIELDS;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		SpanContext spanContext = Span.fromContext(context).getSpanContext();
		if (!spanContext.isValid()) {
			return;
		}
		setter.set(carrier, TRACEPARENT,
				"00-" + spanContext.getTraceId() + '-' + spanContext.getSpanId() + suffix(spanContext.getTraceFlags()));
		TraceState traceState = spanContext.getTraceState();
		if (!traceState.isEmpty()) {
			setter.set(carrier, TRACESTATE, HeaderTraceState.text(traceState));
		}
	}

	private static String suffix(TraceFlags flags) {
		return switch (flags.asByte() & KNOWN_FLAGS) {
			case 0 -> "-00";
			case 1 -> "-01";
			case 2 -> "-02";
			default -> "-03";
		};
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		String header = single(getter.getAll(carrier, TRACEPARENT));
		int start = (header != null) ? start(header) : -1;
		if (header == null || start < 0) {
			return context;
		}
		String traceId = header.substring(start + TRACE_ID_START, start + SPAN_ID_START - 1);
		String spanId = header.substring(start + SPAN_ID_START, start + FLAGS_START - 1);
		TraceState traceState = HeaderTraceState.parse(getter.getAll(carrier, TRACESTATE));
		return context.with(Span
			.wrap(SpanContext.createFromRemoteParent(traceId, spanId, flags(header, start + FLAGS_START), traceState)));
	}

	private static @Nullable String single(@Nullable Iterator<String> values) {
		if (values == null || !values.hasNext()) {
			return null;
		}
		String value = values.next();
		return values.hasNext() ? null : value;
	}

	/**
	 * Where the fields start, after optional white space.
	 * @param header the header
	 * @return the index, or -1 if the header breaks a rule
	 */
	private static int start(String header) {
		int end = header.length();
		if (end < LENGTH || end > MAX_LENGTH) {
			return -1;
		}
		int start = 0;
		while (start < end && isBlank(header.charAt(start))) {
			start++;
		}
		while (end > start && isBlank(header.charAt(end - 1))) {
			end--;
		}
		int length = end - start;
		if (length < LENGTH || header.charAt(start + TRACE_ID_START - 1) != '-'
				|| header.charAt(start + SPAN_ID_START - 1) != '-' || header.charAt(start + FLAGS_START - 1) != '-') {
			return -1;
		}
		int version = hex(header, start);
		if (version < 0 || version == 0xff || hex(header, start + FLAGS_START) < 0) {
			return -1;
		}
		if (!isId(header, start + TRACE_ID_START, 32) || !isId(header, start + SPAN_ID_START, 16)) {
			return -1;
		}
		boolean complete = length == LENGTH || (version > 0 && header.charAt(start + LENGTH) == '-');
		return complete ? start : -1;
	}

	private static boolean isId(String header, int start, int length) {
		int bits = 0;
		for (int i = start; i < start + length; i++) {
			int digit = digit(header.charAt(i));
			if (digit < 0) {
				return false;
			}
			bits |= digit;
		}
		return bits != 0;
	}

	private static boolean isBlank(char character) {
		return character == ' ' || character == '\t';
	}

	private static TraceFlags flags(String header, int index) {
		return TraceFlags.fromByte((byte) (hex(header, index) & KNOWN_FLAGS));
	}

	/**
	 * The value of two hexadecimal digits in lower case.
	 * @param text the text
	 * @param index where the digits are
	 * @return the value, negative if they are no such digits
	 */
	private static int hex(String text, int index) {
		int high = digit(text.charAt(index));
		int low = digit(text.charAt(index + 1));
		return (high < 0 || low < 0) ? -1 : high << 4 | low;
	}

	private static int digit(char character) {
		if (character >= '0' && character <= '9') {
			return character - '0';
		}
		return (character >= 'a' && character <= 'f') ? character - 'a' + 10 : -1;
	}

	@Override
	public String toString() {
		return "W3C";
	}

}
