package io.hindspan.guard;

/**
 * Looks for one kind of secret at a character that could belong to it. Has no state.
 */
interface Scanner {

	/**
	 * The characters at which to look.
	 */
	String triggers();

	/**
	 * Looks around a character.
	 * @param text the text
	 * @param at the index of the character
	 * @param findings where to tell what has been found
	 * @return where to go on behind what has been found, {@code at} where that is nothing
	 */
	int scan(String text, int at, Findings findings);

}
