package io.hindspan.guard;

/**
 * A pattern of attribute keys, in which {@code *} stands for any characters. It ignores
 * case. Immutable.
 *
 * @param text the pattern
 */
record KeyPattern(String text) {

	boolean matches(String key) {
		int at = 0;
		int pattern = 0;
		int star = -1;
		int retry = 0;
		while (at < key.length()) {
			if (pattern < this.text.length() && this.text.charAt(pattern) == '*') {
				star = pattern++;
				retry = at;
			}
			else if (pattern < this.text.length()
					&& Characters.lower(this.text.charAt(pattern)) == Characters.lower(key.charAt(at))) {
				pattern++;
				at++;
			}
			else if (star >= 0) {
				pattern = star + 1;
				at = ++retry;
			}
			else {
				return false;
			}
		}
		while (pattern < this.text.length() && this.text.charAt(pattern) == '*') {
			pattern++;
		}
		return pattern == this.text.length();
	}

}
