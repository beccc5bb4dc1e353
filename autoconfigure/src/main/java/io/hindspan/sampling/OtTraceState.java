package io.hindspan.sampling;

import java.util.HexFormat;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Reads and edits the member {@code ot} of a {@code tracestate}: its fields {@code th},
 * the threshold that a trace was sampled with, and {@code rv}, its randomness where the
 * trace id has none. Other fields and other members stay as they are.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/">
 * TraceState handling</a>
 */
final class OtTraceState {

	private static final String KEY = "ot";

	private static final String THRESHOLD = "th";

	private static final String RANDOMNESS = "rv";

	private static final int RANDOMNESS_LENGTH = 14;

	private static final int MAX_VALUE = 256;

	private OtTraceState() {
	}

	/**
	 * The randomness that a state tells of.
	 * @param state the state
	 * @return the randomness, or -1 if it tells of none
	 */
	static long randomness(TraceState state) {
		String value = field(state.get(KEY), RANDOMNESS);
		return (value != null && value.length() == RANDOMNESS_LENGTH) ? Threshold.randomness(value, 0) : -1;
	}

	/**
	 * A state with a threshold.
	 * @param state the state
	 * @param threshold the threshold's text, or {@code null} to have none
	 * @return the state with that threshold and everything else that it had
	 */
	static TraceState withThreshold(TraceState state, @Nullable String threshold) {
		String before = state.get(KEY);
		if (before == null) {
			return (threshold != null) ? state.toBuilder().put(KEY, THRESHOLD + ':' + threshold).build() : state;
		}
		String after = replace(before, threshold);
		if (after.equals(before)) {
			return state;
		}
		// A builder of the SDK that has all members there can be refuses even a new value
		TraceStateBuilder builder = state.toBuilder().remove(KEY);
		return after.isEmpty() ? builder.build() : builder.put(KEY, after).build();
	}

	/**
	 * The state of a trace that begins here with an id that is not random.
	 * @param randomness the randomness that the trace has instead
	 * @return the state
	 */
	static TraceState ofRandomness(long randomness) {
		return TraceState.builder()
			.put(KEY, RANDOMNESS + ':' + HexFormat.of().toHexDigits(randomness, RANDOMNESS_LENGTH))
			.build();
	}

	/**
	 * Leaves the threshold out where there is no room for it beside the others' fields.
	 */
	private static String replace(String value, @Nullable String threshold) {
		StringBuilder rest = new StringBuilder(value.length() + RANDOMNESS_LENGTH);
		for (int start = 0; start <= value.length();) {
			int end = end(value, start);
			if (end > start && !isField(value, start, end, THRESHOLD)) {
				if (!rest.isEmpty()) {
					rest.append(';');
				}
				rest.append(value, start, end);
			}
			start = end + 1;
		}
		if (threshold == null) {
			return rest.toString();
		}
		String field = THRESHOLD + ':' + threshold;
		if (rest.isEmpty()) {
			return field;
		}
		return (field.length() + 1 + rest.length() <= MAX_VALUE) ? rest.insert(0, ';').insert(0, field).toString()
				: rest.toString();
	}

	private static @Nullable String field(@Nullable String value, String name) {
		if (value == null) {
			return null;
		}
		for (int start = 0; start <= value.length();) {
			int end = end(value, start);
			if (isField(value, start, end, name)) {
				return value.substring(start + name.length() + 1, end);
			}
			start = end + 1;
		}
		return null;
	}

	private static boolean isField(String value, int start, int end, String name) {
		int colon = start + name.length();
		return colon < end && value.charAt(colon) == ':' && value.startsWith(name, start);
	}

	private static int end(String value, int start) {
		int semicolon = value.indexOf(';', start);
		return (semicolon < 0) ? value.length() : semicolon;
	}

}
