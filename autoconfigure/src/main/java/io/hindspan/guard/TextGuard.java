package io.hindspan.guard;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Masks texts. A text in which there is nothing to mask is returned as it is; one that a
 * detector fails on is masked as a whole. Thread-safe.
 */
final class TextGuard {

	private static final Logger logger = LoggerFactory.getLogger(TextGuard.class);

	/** How much of a text is looked at, and handed on. */
	static final int MAX_LENGTH = 65_536;

	/** Behind this place a word that was cut can have its beginning. */
	private static final int LONGEST_CUT_WORD = 256;

	private static final String MORE = "…";

	private final ValueDetector detector;

	private final ValueDetector queryDetector;

	private final GuardStatistics statistics;

	private final int maxLength;

	private final AtomicBoolean told = new AtomicBoolean();

	/**
	 * Makes a guard.
	 * @param detector what finds things to mask
	 * @param queryDetector what finds things to mask in a query without literals
	 * @param statistics what counts them
	 * @param maxLength the length at which values have been cut before, so that the last
	 * word of such a one may be half a secret
	 */
	TextGuard(ValueDetector detector, ValueDetector queryDetector, GuardStatistics statistics, int maxLength) {
		this.detector = detector;
		this.queryDetector = queryDetector;
		this.statistics = statistics;
		this.maxLength = maxLength;
	}

	GuardStatistics statistics() {
		return this.statistics;
	}

	Findings newFindings() {
		return new Findings(this.statistics);
	}

	String guard(String text, Findings findings) {
		return guard(text, findings, this.detector);
	}

	/**
	 * Masks the values of the query of a URL, and whatever else is in it.
	 */
	String guardQuery(String query, Findings findings) {
		return guard(query, findings, (text, found) -> {
			this.detector.detect(text, found);
			UrlScanner.parameters(text, text.startsWith("?") ? 1 : 0, found);
		});
	}

	/**
	 * Guards a query of a database that has no literals any more, so that what it
	 * compares are names.
	 */
	String guardStatement(String statement, Findings findings) {
		return guard(statement, findings, this.queryDetector);
	}

	private String guard(String text, Findings findings, ValueDetector detector) {
		if (text.isEmpty()) {
			return text;
		}
		try {
			String looked = bounded(text);
			findings.reset(looked.length());
			detector.detect(looked, findings);
			return findings.isEmpty() ? looked : findings.applyTo(looked);
		}
		catch (RuntimeException | LinkageError | StackOverflowError | AssertionError ex) {
			return unreadable(text, ex);
		}
	}

	private String unreadable(String text, Throwable fault) {
		// The message of a fault may quote the text
		if (this.told.compareAndSet(false, true)) {
			logger.warn("{} on a text of {} characters, which is masked as a whole. This is said once.",
					(fault instanceof GuardedPattern.TooManyLooksException) ? fault.getMessage()
							: "A detector has failed with " + fault.getClass().getName(),
					text.length());
		}
		return secret(GuardStatistics.UNREADABLE, text);
	}

	/**
	 * A mask for all of a text.
	 */
	String secret(String type, String text) {
		if (Mask.isBlind(text, 0, text.length())) {
			return text;
		}
		this.statistics.masked(type);
		return Mask.of(type, text.length());
	}

	private String bounded(String text) {
		int length = text.length();
		if (length != this.maxLength && length <= MAX_LENGTH) {
			return text;
		}
		this.statistics.cut.increment();
		int end = Math.min(length, MAX_LENGTH);
		int lowest = Math.max(0, end - LONGEST_CUT_WORD);
		while (end > lowest && !Characters.isSpace(text.charAt(end - 1))) {
			end--;
		}
		if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(0, end) + MORE + "<cut:" + length + '>';
	}

}
