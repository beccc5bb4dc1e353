package io.hindspan.guard;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds keys and tokens that their issuers begin in a known way, so that they can be
 * found.
 */
final class TokenScanner implements Scanner {

	private static final List<Beginning> BEGINNINGS = List.of(
			// Amazon Web Services
			new Beginning("AKIA", 1, 16), new Beginning("ASIA", 1, 16), new Beginning("ABIA", 1, 16),
			new Beginning("ACCA", 1, 16),
			// GitHub and GitLab
			new Beginning("ghp_", 3, 20), new Beginning("gho_", 3, 20), new Beginning("ghu_", 3, 20),
			new Beginning("ghs_", 3, 20), new Beginning("ghr_", 3, 20), new Beginning("github_pat_", 10, 20),
			new Beginning("glpat-", 5, 16), new Beginning("glrt-", 4, 16), new Beginning("gldt-", 4, 16),
			// Slack
			new Beginning("xoxb-", 4, 10), new Beginning("xoxp-", 4, 10), new Beginning("xoxa-", 4, 10),
			new Beginning("xoxr-", 4, 10), new Beginning("xoxs-", 4, 10), new Beginning("xoxe.", 4, 10),
			new Beginning("xapp-", 4, 10),
			// Stripe
			new Beginning("sk_live_", 7, 10), new Beginning("sk_test_", 7, 10), new Beginning("rk_live_", 7, 10),
			new Beginning("rk_test_", 7, 10), new Beginning("whsec_", 5, 16),
			// Google
			new Beginning("AIza", 2, 30), new Beginning("ya29.", 4, 20), new Beginning("GOCSPX-", 6, 16),
			// Others
			new Beginning("sk-", 2, 20), new Beginning("npm_", 3, 30), new Beginning("pypi-", 4, 30),
			new Beginning("SG.", 2, 30), new Beginning("hvs.", 3, 20), new Beginning("hvb.", 3, 20),
			new Beginning("dop_v1_", 6, 30), new Beginning("shpat_", 5, 30), new Beginning("shpss_", 5, 30),
			new Beginning("glsa_", 4, 30), new Beginning("dckr_pat_", 8, 20), new Beginning("hf_", 2, 30),
			new Beginning("AGE-SECRET-KEY-", 14, 30), new Beginning("v1.1", 2, 50), new Beginning("v1.2", 2, 50));

	/**
	 * What is longer than that and has neither a digit nor many capital letters is none.
	 */
	private static final int LONGEST_WORD = 128;

	private static final int CAPITALS_OF_NAMES = 2;

	private static final int CHARACTERS = 128;

	private final Group[] groups = new Group[CHARACTERS];

	private final String triggers;

	TokenScanner() {
		StringBuilder triggers = new StringBuilder();
		for (Beginning beginning : BEGINNINGS) {
			char trigger = beginning.text().charAt(beginning.trigger());
			if (this.groups[trigger] == null) {
				this.groups[trigger] = new Group();
				triggers.append(trigger);
			}
			this.groups[trigger].add(beginning);
		}
		this.triggers = triggers.toString();
	}

	@Override
	public String triggers() {
		return this.triggers;
	}

	@Override
	public int scan(String text, int at, Findings findings) {
		Group group = this.groups[text.charAt(at)];
		return group.mayEnd(text, at) ? group.scan(text, at, findings) : at;
	}

	/**
	 * Beginnings with one rarest character. Of most texts the character before it tells
	 * that it is none.
	 */
	private static final class Group {

		private final List<Beginning> beginnings = new ArrayList<>();

		private final boolean[] before = new boolean[CHARACTERS];

		private final boolean[] twoBefore = new boolean[CHARACTERS];

		private boolean first;

		void add(Beginning beginning) {
			this.beginnings.add(beginning);
			int trigger = beginning.trigger();
			this.before[beginning.text().charAt(trigger - 1)] = true;
			if (trigger > 1) {
				this.twoBefore[beginning.text().charAt(trigger - 2)] = true;
			}
			else {
				this.first = true;
			}
		}

		boolean mayEnd(String text, int at) {
			return at > 0 && isOneOf(this.before, text.charAt(at - 1))
					&& (this.first || at > 1 && isOneOf(this.twoBefore, text.charAt(at - 2)));
		}

		private static boolean isOneOf(boolean[] characters, char c) {
			return c < CHARACTERS && characters[c];
		}

		int scan(String text, int at, Findings findings) {
			for (int i = 0; i < this.beginnings.size(); i++) {
				Beginning beginning = this.beginnings.get(i);
				int begin = at - beginning.trigger();
				if (begin >= findings.lastEnd() && text.startsWith(beginning.text(), begin)
						&& !Characters.isWithinWord(text, begin)) {
					int end = beginning.end(text, begin);
					if (end > 0) {
						findings.mask("token", begin, end);
						return end;
					}
				}
			}
			return at;
		}

	}

	/**
	 * The beginning of a token.
	 *
	 * @param text the beginning
	 * @param trigger the index of its rarest character
	 * @param fewest how many characters come behind it at the least
	 */
	private record Beginning(String text, int trigger, int fewest) {

		int end(String value, int begin) {
			int from = begin + this.text.length();
			int end = from;
			boolean random = false;
			int capitals = 0;
			while (end < value.length() && isToken(value.charAt(end)) && (random || end - from < LONGEST_WORD)) {
				char c = value.charAt(end);
				capitals += Characters.isUpper(c) ? 1 : 0;
				random |= Characters.isDigit(c) || capitals > CAPITALS_OF_NAMES;
				end++;
			}
			while (end > from && value.charAt(end - 1) == '.') {
				end--;
			}
			return (end - from >= this.fewest && random) ? end : -1;
		}

		private static boolean isToken(char c) {
			return Characters.isBase64Url(c) || c == '.';
		}

	}

}
