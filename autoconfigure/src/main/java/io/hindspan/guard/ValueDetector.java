package io.hindspan.guard;

/**
 * Finds in a text what must not leave the process. A bean of this type joins Hindspan's
 * own detectors: <pre class="code">
 * &#64;Bean
 * ValueDetector customerNumbers() {
 *     return (text, findings) -&gt; {
 *         int at = text.indexOf("KD-");
 *         if (at &gt;= 0) {
 *             findings.mask("customer", at, Math.min(text.length(), at + 11));
 *         }
 *     };
 * }
 * </pre> It is asked on the thread that exports spans, for each text of each span, so it
 * should give up early. Where it throws, the whole text is masked. Must be thread-safe.
 */
@FunctionalInterface
public interface ValueDetector {

	/**
	 * Looks at a text.
	 * @param text the text, of at most 65,536 characters; never empty
	 * @param findings where to tell what has been found
	 */
	void detect(String text, Findings findings);

	/**
	 * A detector that looks at a text after this one has.
	 * @param next the other detector, which sees the same text
	 * @return both
	 */
	default ValueDetector and(ValueDetector next) {
		return (text, findings) -> {
			detect(text, findings);
			next.detect(text, findings);
		};
	}

	/**
	 * The detector that finds nothing.
	 * @return a detector
	 */
	static ValueDetector none() {
		return (text, findings) -> {
		};
	}

}
