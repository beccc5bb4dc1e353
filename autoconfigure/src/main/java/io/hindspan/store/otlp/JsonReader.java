package io.hindspan.store.otlp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The values of a JSON text, one after the other. Spring Boot's {@code JsonParser} is
 * another one on each class path: one keeps 64-bit numbers, one makes {@code double} of
 * them, one knows hardly any escape; and each makes a tree of all that it is sent before
 * anything can be refused. This one makes nothing that is not asked for. For one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
final class JsonReader {

	/** Of objects and arrays within each other. */
	private static final int MAX_DEPTH = 100;

	/** Of the characters of a number. */
	private static final int MAX_NUMBER = 64;

	private static final char END = '\uFFFF';

	private final String text;

	private int position;

	private int depth;

	/**
	 * Creates a reader.
	 * @param bytes the text in UTF-8; what is none is replaced
	 */
	JsonReader(byte[] bytes) {
		this.text = new String(bytes, StandardCharsets.UTF_8);
	}

	/**
	 * Where the next value begins.
	 */
	int position() {
		return this.position;
	}

	/**
	 * Goes to a value of the object or array that is read.
	 */
	void position(int position) {
		this.position = position;
	}

	/**
	 * Reads an object, or {@code null} as one without members.
	 * @param members reads the value of each member
	 */
	void object(Members members) throws MalformedOtlpException {
		if (takeNull()) {
			return;
		}
		open('{');
		if (!take('}')) {
			do {
				String name = string();
				expect(':');
				members.read(name);
			}
			while (take(','));
			expect('}');
		}
		this.depth--;
	}

	/**
	 * Reads an array, or {@code null} as an empty one.
	 * @param elements reads each element
	 */
	void array(Elements elements) throws MalformedOtlpException {
		if (takeNull()) {
			return;
		}
		open('[');
		if (!take(']')) {
			do {
				elements.read();
			}
			while (take(','));
			expect(']');
		}
		this.depth--;
	}

	/**
	 * Reads a text, or {@code null} as an empty one, and cuts it if it is too long.
	 */
	String text() throws MalformedOtlpException {
		return takeNull() ? "" : AttributeParts.cut(string());
	}

	/**
	 * Reads bytes in Base64, of either alphabet.
	 */
	byte[] bytes() throws MalformedOtlpException {
		int start = this.position;
		try {
			return Base64.getDecoder().decode(text().replace('-', '+').replace('_', '/'));
		}
		catch (IllegalArgumentException ex) {
			throw malformed("This is no Base64", start);
		}
	}

	/**
	 * Reads a whole number of 64 bits, which may be in quotes.
	 */
	long whole() throws MalformedOtlpException {
		if (takeNull()) {
			return 0;
		}
		int start = this.position;
		String digits = (peek() == '"') ? string() : number();
		try {
			return digits.startsWith("-") ? Long.parseLong(digits) : Long.parseUnsignedLong(digits);
		}
		catch (NumberFormatException ex) {
			double number = decimal(digits, start);
			if (number != Math.rint(number) || Math.abs(number) >= 0x1p63) {
				throw malformed("This is no whole number of 64 bits", start);
			}
			return (long) number;
		}
	}

	/**
	 * Reads a number, which may be in quotes, as must be what JSON has no number for.
	 */
	double decimal() throws MalformedOtlpException {
		if (takeNull()) {
			return 0;
		}
		int start = this.position;
		return decimal((peek() == '"') ? string() : number(), start);
	}

	private double decimal(String digits, int start) throws MalformedOtlpException {
		switch (digits) {
			case "NaN" -> {
				return Double.NaN;
			}
			case "Infinity" -> {
				return Double.POSITIVE_INFINITY;
			}
			case "-Infinity" -> {
				return Double.NEGATIVE_INFINITY;
			}
			default -> {
			}
		}
		boolean plain = !digits.isEmpty() && digits.length() <= MAX_NUMBER
				&& digits.chars().allMatch((c) -> (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0);
		try {
			if (plain) {
				return Double.parseDouble(digits);
			}
		}
		catch (NumberFormatException ex) {
			// It is said below
		}
		throw malformed("This is no number", start);
	}

	boolean flag() throws MalformedOtlpException {
		if (takeNull() || takeWord("false")) {
			return false;
		}
		if (takeWord("true")) {
			return true;
		}
		throw malformed("Here true or false is expected", this.position);
	}

	/**
	 * Whether a text comes next.
	 */
	boolean isText() {
		return peek() == '"';
	}

	/**
	 * Takes {@code null} if it comes next.
	 */
	boolean takeNull() {
		return takeWord("null");
	}

	/**
	 * Leaves a value out.
	 */
	void skip() throws MalformedOtlpException {
		switch (peek()) {
			case '{' -> object((name) -> skip());
			case '[' -> array(this::skip);
			case '"' -> string();
			case 't', 'f' -> flag();
			case 'n' -> {
				if (!takeNull()) {
					throw malformed("Here a value is expected", this.position);
				}
			}
			default -> number();
		}
	}

	/**
	 * Takes the end.
	 */
	void end() throws MalformedOtlpException {
		if (peek() != END || this.position < this.text.length()) {
			throw malformed("Something follows the end", this.position);
		}
	}

	private void open(char bracket) throws MalformedOtlpException {
		expect(bracket);
		if (++this.depth > MAX_DEPTH) {
			throw malformed("There are too many values within each other", this.position);
		}
	}

	/**
	 * The first character of what comes next.
	 */
	private char peek() {
		while (this.position < this.text.length() && " \t\r\n".indexOf(this.text.charAt(this.position)) >= 0) {
			this.position++;
		}
		return (this.position < this.text.length()) ? this.text.charAt(this.position) : END;
	}

	private boolean take(char c) {
		boolean there = peek() == c && this.position < this.text.length();
		if (there) {
			this.position++;
		}
		return there;
	}

	private void expect(char c) throws MalformedOtlpException {
		if (!take(c)) {
			throw malformed("Here a '" + c + "' is expected", this.position);
		}
	}

	private boolean takeWord(String word) {
		boolean there = peek() == word.charAt(0) && this.text.startsWith(word, this.position);
		if (there) {
			this.position += word.length();
		}
		return there;
	}

	private String number() throws MalformedOtlpException {
		peek();
		int start = this.position;
		takeHere('-');
		int digits = digits();
		boolean leadingZero = digits > 1 && this.text.charAt(this.position - digits) == '0';
		boolean right = digits > 0 && !leadingZero;
		if (takeHere('.')) {
			right &= digits() > 0;
		}
		if (takeHere('e') || takeHere('E')) {
			if (!takeHere('+')) {
				takeHere('-');
			}
			right &= digits() > 0;
		}
		if (!right || this.position - start > MAX_NUMBER) {
			throw malformed("Here a value is expected", start);
		}
		return this.text.substring(start, this.position);
	}

	private boolean takeHere(char c) {
		boolean there = this.position < this.text.length() && this.text.charAt(this.position) == c;
		if (there) {
			this.position++;
		}
		return there;
	}

	private int digits() {
		int start = this.position;
		while (this.position < this.text.length() && this.text.charAt(this.position) >= '0'
				&& this.text.charAt(this.position) <= '9') {
			this.position++;
		}
		return this.position - start;
	}

	private String string() throws MalformedOtlpException {
		expect('"');
		int start = this.position;
		StringBuilder unescaped = null;
		while (this.position < this.text.length()) {
			char c = this.text.charAt(this.position);
			if (c == '"') {
				String rest = this.text.substring(start, this.position++);
				return (unescaped != null) ? unescaped.append(rest).toString() : rest;
			}
			if (c < ' ') {
				throw malformed("A text has a control character that is not escaped", this.position);
			}
			if (c == '\\') {
				unescaped = (unescaped != null) ? unescaped : new StringBuilder();
				unescaped.append(this.text, start, this.position);
				unescaped.append(escape());
				start = this.position;
			}
			else {
				this.position++;
			}
		}
		throw malformed("A text has no end", start);
	}

	private char escape() throws MalformedOtlpException {
		char c = (this.position + 1 < this.text.length()) ? this.text.charAt(this.position + 1) : END;
		this.position += 2;
		return switch (c) {
			case '"', '\\', '/' -> c;
			case 'b' -> '\b';
			case 'f' -> '\f';
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			case 'u' -> unicode();
			default -> throw malformed("There is no such escape", this.position - 2);
		};
	}

	private char unicode() throws MalformedOtlpException {
		int code = 0;
		for (int i = 0; i < 4; i++) {
			int digit = (this.position < this.text.length()) ? Character.digit(this.text.charAt(this.position), 16)
					: -1;
			if (digit < 0 || this.text.charAt(this.position) > 'f') {
				throw malformed("Here four hexadecimal digits are expected", this.position);
			}
			code = code << 4 | digit;
			this.position++;
		}
		return (char) code;
	}

	private static MalformedOtlpException malformed(String what, int position) {
		return new MalformedOtlpException(what + " (at character " + position + ")");
	}

	/**
	 * Reads the members of an object.
	 */
	interface Members {

		/**
		 * Reads, or skips, the value of a member.
		 * @param name its name
		 */
		void read(String name) throws MalformedOtlpException;

	}

	/**
	 * Reads the elements of an array.
	 */
	interface Elements {

		/**
		 * Reads, or skips, an element.
		 */
		void read() throws MalformedOtlpException;

	}

}
