package io.hindspan.explorer;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of a query. Of those that are given twice, the first counts.
 */
final class Parameters {

	private static final int LONGEST = 16_384;

	private static final Pattern BACK = Pattern.compile("(\\d{1,6})(s|m|h|d)");

	private static final Map<String, TimeUnit> UNITS = Map.of("s", TimeUnit.SECONDS, "m", TimeUnit.MINUTES, "h",
			TimeUnit.HOURS, "d", TimeUnit.DAYS);

	private final Map<String, String> values = new HashMap<>();

	Parameters(@Nullable String query) throws BadRequest {
		if (query == null) {
			return;
		}
		if (query.length() > LONGEST) {
			throw new BadRequest("The query is longer than " + LONGEST + " characters.");
		}
		try {
			for (String parameter : query.split("&")) {
				int equals = parameter.indexOf('=');
				String name = (equals >= 0) ? parameter.substring(0, equals) : parameter;
				String value = (equals >= 0) ? parameter.substring(equals + 1) : "";
				this.values.putIfAbsent(URLDecoder.decode(name, StandardCharsets.UTF_8),
						URLDecoder.decode(value, StandardCharsets.UTF_8));
			}
		}
		catch (IllegalArgumentException ex) {
			throw new BadRequest("The query is not encoded as a URL's is.");
		}
	}

	String text(String name) {
		return this.values.getOrDefault(name, "");
	}

	int number(String name, int otherwise, int least, int most) throws BadRequest {
		String text = text(name);
		if (text.isEmpty()) {
			return otherwise;
		}
		try {
			int number = Integer.parseInt(text);
			if (number >= least && number <= most) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// Said below
		}
		throw new BadRequest("'" + name + "' must be a number from " + least + " to " + most + ".");
	}

	<E extends Enum<E>> E choice(String name, E otherwise, Class<E> type) throws BadRequest {
		String text = text(name);
		if (text.isEmpty()) {
			return otherwise;
		}
		StringBuilder names = new StringBuilder();
		for (E candidate : type.getEnumConstants()) {
			String candidateName = candidate.name().toLowerCase(Locale.ROOT);
			if (candidateName.equals(text)) {
				return candidate;
			}
			names.append((names.length() > 0) ? ", " : "").append(candidateName);
		}
		throw new BadRequest("'" + name + "' must be one of " + names + ".");
	}

	/**
	 * A time.
	 * @return nanoseconds since the epoch, or {@code null} if it is not given
	 */
	@Nullable Long time(String name, Instant now) throws BadRequest {
		String text = text(name);
		if (text.isEmpty()) {
			return null;
		}
		Matcher back = BACK.matcher(text);
		try {
			if (back.matches()) {
				TimeUnit unit = UNITS.get(back.group(2));
				return nanos(now) - unit.toNanos(Long.parseLong(back.group(1)));
			}
			return Math.multiplyExact(Long.parseLong(text), 1000L);
		}
		catch (NumberFormatException | ArithmeticException ex) {
			throw new BadRequest("'" + name + "' must be microseconds since the epoch, or a time back from now such as "
					+ "30s, 15m, 2h or 1d.");
		}
	}

	/**
	 * Whether a time is one back from now.
	 */
	boolean isRelative(String name) {
		return BACK.matcher(text(name)).matches();
	}

	static long nanos(Instant instant) {
		return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
	}

	/**
	 * What is asked for makes no sense.
	 */
	static final class BadRequest extends Exception {

		private static final long serialVersionUID = 1L;

		BadRequest(String message) {
			super(message);
		}

	}

}
