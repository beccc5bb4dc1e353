package io.hindspan.guard;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.trace.SpanKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the number of different names of spans bounded. From a number on, a name that is
 * new has its ids folded, {@code task {id}}; from as many folded names on, what is new is
 * {@code {other}}. Counted for each instrumentation scope and kind, so that one that has
 * too many takes none away from others. Thread-safe.
 */
final class SpanNames {

	static final String OTHER = "{other}";

	/** What is longer than that is no name. */
	static final int MAX_LENGTH = 512;

	private static final String ID = "{id}";

	private static final int SHORTEST_HEX = 8;

	private static final int SHORTEST_MIXED = 16;

	private static final int UUID_LENGTH = 36;

	/** Further scopes have their names counted together. */
	private static final int MAX_GROUPS = 64;

	private static final Logger logger = LoggerFactory.getLogger(SpanNames.class);

	private final int max;

	private final GuardStatistics statistics;

	private final Map<Group, Names> groups = new ConcurrentHashMap<>();

	private final Names rest = new Names();

	/**
	 * Starts with no names.
	 * @param max how many names a scope and kind may have as they are, and how many with
	 * ids folded; 0 for any number
	 * @param statistics what counts names that are changed
	 */
	SpanNames(int max, GuardStatistics statistics) {
		this.max = max;
		this.statistics = statistics;
	}

	/**
	 * Whether a name is one of those that stay as they are. They have been through the
	 * other guards before they became one.
	 */
	boolean isKnown(String scope, SpanKind kind, String name) {
		Names names = this.groups.get(new Group(scope, kind));
		return names != null && names.known.contains(name);
	}

	String guard(String scope, SpanKind kind, String name) {
		String bounded = bounded(name);
		return (this.max == 0) ? bounded : names(new Group(scope, kind)).guard(scope, bounded);
	}

	private static String bounded(String name) {
		if (name.length() <= MAX_LENGTH) {
			return name;
		}
		int end = Character.isHighSurrogate(name.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
		return name.substring(0, end) + '…';
	}

	private Names names(Group group) {
		Names names = this.groups.get(group);
		if (names != null) {
			return names;
		}
		return (this.groups.size() < MAX_GROUPS) ? this.groups.computeIfAbsent(group, (key) -> new Names()) : this.rest;
	}

	/**
	 * A name with {@code {id}} in the place of UUIDs, long hexadecimal numbers, long
	 * mixtures of letters and digits, and all other numbers.
	 */
	static String fold(String name) {
		StringBuilder folded = new StringBuilder(name.length());
		int at = 0;
		while (at < name.length()) {
			char c = name.charAt(at);
			if (!Characters.isLetterOrDigit(c)) {
				folded.append(c);
				at++;
				continue;
			}
			int end = isUuid(name, at) ? at + UUID_LENGTH : endOfWord(name, at);
			if (isId(name, at, end)) {
				folded.append(ID);
			}
			else {
				foldDigits(name, at, end, folded);
			}
			at = end;
		}
		return folded.toString();
	}

	private static int endOfWord(String name, int from) {
		int end = from;
		while (Characters.continuesAt(name, end)) {
			end++;
		}
		return end;
	}

	private static boolean isId(String name, int begin, int end) {
		boolean hex = true;
		boolean digit = false;
		for (int i = begin; i < end; i++) {
			hex &= Characters.isHex(name.charAt(i)) || name.charAt(i) == '-';
			digit |= Characters.isDigit(name.charAt(i));
		}
		return digit && (hex && end - begin >= SHORTEST_HEX || end - begin >= SHORTEST_MIXED);
	}

	private static boolean isUuid(String name, int at) {
		if (name.length() < at + UUID_LENGTH || Characters.continuesAt(name, at + UUID_LENGTH)) {
			return false;
		}
		for (int i = 0; i < UUID_LENGTH; i++) {
			char c = name.charAt(at + i);
			boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
			if (dash ? c != '-' : !Characters.isHex(c)) {
				return false;
			}
		}
		return true;
	}

	private static void foldDigits(String name, int begin, int end, StringBuilder folded) {
		int at = begin;
		while (at < end) {
			if (!Characters.isDigit(name.charAt(at))) {
				folded.append(name.charAt(at++));
				continue;
			}
			while (at < end && Characters.isDigit(name.charAt(at))) {
				at++;
			}
			folded.append(ID);
		}
	}

	private record Group(String scope, SpanKind kind) {

	}

	private final class Names {

		private final Set<String> known = ConcurrentHashMap.newKeySet();

		private final Set<String> folded = ConcurrentHashMap.newKeySet();

		private boolean told;

		String guard(String scope, String name) {
			if (this.known.contains(name)) {
				return name;
			}
			return guardNew(scope, name);
		}

		/**
		 * Alone, since a set may not grow beyond its bound.
		 */
		private synchronized String guardNew(String scope, String name) {
			SpanNames names = SpanNames.this;
			if (this.known.contains(name)) {
				return name;
			}
			if (this.known.size() < names.max) {
				this.known.add(name);
				return name;
			}
			String folded = fold(name);
			if (!this.told) {
				this.told = true;
				logger.warn("{} has more than {} names of spans. Ids are folded from now on, as in '{}': they belong "
						+ "into attributes.", scope, names.max, folded);
			}
			if (!this.folded.contains(folded)) {
				if (this.folded.size() >= names.max) {
					names.statistics.otherNames.increment();
					return OTHER;
				}
				this.folded.add(folded);
			}
			if (!folded.equals(name)) {
				names.statistics.foldedNames.increment();
			}
			return folded;
		}

	}

}
