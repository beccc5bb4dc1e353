package io.hindspan.export.spool;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The name of the file of a batch, which tells what must be known of it without reading.
 *
 * @param time when it was written, in milliseconds since 1970
 * @param spans how many spans it has
 */
record BatchName(long time, int spans) {

	static final String SUFFIX = ".spans";

	private static final Pattern NAME = Pattern.compile("(\\d{13})-\\d{9}-\\p{XDigit}{8}-(\\d{1,9})\\.spans");

	/**
	 * Makes a name.
	 * @param number the number of the batch, for those of the same time
	 * @param writer who has written it, so that no two have the same name
	 */
	static String of(long time, long number, int writer, int spans) {
		return String.format(Locale.ROOT, "%013d-%09d-%08x-%d%s", time, number % 1_000_000_000, writer, spans, SUFFIX);
	}

	/**
	 * Reads the name of a file.
	 * @return what it tells, or {@code null} if it is none of a batch
	 */
	static @Nullable BatchName of(Path file) {
		Matcher matcher = NAME.matcher(file.getFileName().toString());
		return matcher.matches() ? new BatchName(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)))
				: null;
	}

}
