package io.hindspan.guard;

import java.util.Arrays;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * Goes through a text once, from its beginning to its end, and looks closer only at
 * characters that could belong to a secret. Each look is bounded, or ends behind what it
 * has read. Thread-safe.
 */
final class TextDetector implements ValueDetector {

	private static final int CHARACTERS = 128;

	private final Scanner @Nullable [] @Nullable [] scanners = new Scanner[CHARACTERS][];

	TextDetector(Collection<Detector> detectors) {
		for (Detector detector : Detector.values()) {
			if (detectors.contains(detector)) {
				add(detector.scanner());
			}
		}
	}

	private void add(Scanner scanner) {
		for (char trigger : scanner.triggers().toCharArray()) {
			Scanner[] here = this.scanners[trigger];
			here = (here != null) ? Arrays.copyOf(here, here.length + 1) : new Scanner[1];
			here[here.length - 1] = scanner;
			this.scanners[trigger] = here;
		}
	}

	@Override
	public void detect(String text, Findings findings) {
		int length = text.length();
		int at = 0;
		while (at < length) {
			char c = text.charAt(at);
			Scanner[] here = (c < CHARACTERS) ? this.scanners[c] : null;
			if (here != null) {
				at = scan(here, text, at, findings);
			}
			else {
				at = (c == '<') ? Math.max(at + 1, Mask.end(text, at)) : at + 1;
			}
		}
	}

	private static int scan(Scanner[] scanners, String text, int at, Findings findings) {
		for (Scanner scanner : scanners) {
			int next = scanner.scan(text, at, findings);
			if (next > at) {
				return next;
			}
		}
		return at + 1;
	}

}
