package io.hindspan.guard;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

import io.hindspan.sql.DatabaseSystem;
import io.hindspan.sql.SqlStatements;

/**
 * Takes the literals out of SQL texts, and the arguments out of commands of Redis, such
 * as other libraries write into spans. Hindspan's own have none; they come by again and
 * again and are looked at once. A bounded number of texts is remembered. Thread-safe.
 */
final class StatementTexts {

	private static final AttributeKey<String> SYSTEM_NAME = AttributeKey.stringKey("db.system.name");

	private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system");

	private static final Set<String> REDIS = Set.of("redis", "valkey");

	/** Commands whose first argument can be a secret. */
	private static final Set<String> WITHOUT_KEY = Set.of("AUTH", "HELLO", "ACL", "CONFIG", "MIGRATE", "EVAL", "ECHO");

	private static final int MOST_COMMANDS = 1_000;

	private static final int GENERATION = 500;

	private static final int LONGEST_REMEMBERED = 5_000;

	private final Map<DatabaseSystem, SqlStatements> statements = new ConcurrentHashMap<>();

	private final TextGuard texts;

	private volatile Set<String> young = ConcurrentHashMap.newKeySet();

	private volatile Set<String> old = Set.of();

	StatementTexts(TextGuard texts) {
		this.texts = texts;
	}

	/**
	 * A text without its literals, and without anything else that must be masked.
	 * @param text the text
	 * @param attributes the attributes it is one of, which name the database
	 * @param findings what to look with
	 * @return the text itself where there is nothing to mask
	 */
	String guard(String text, Attributes attributes, Findings findings) {
		String name = systemName(attributes);
		if (REDIS.contains(name)) {
			return this.texts.guard(withoutArguments(text), findings);
		}
		DatabaseSystem system = system(name);
		if (system == null) {
			return this.texts.guard(text, findings);
		}
		if (this.young.contains(text)) {
			return text;
		}
		boolean clean = this.old.contains(text);
		if (!clean && mayHaveLiterals(text, 0, text.length())) {
			return this.texts.guardStatement(withoutLiterals(text, system), findings);
		}
		String guarded = clean ? text : this.texts.guardStatement(text, findings);
		if (guarded.equals(text) && text.length() <= LONGEST_REMEMBERED) {
			remember(text);
		}
		return guarded;
	}

	private String withoutLiterals(String text, DatabaseSystem system) {
		String without = this.statements.computeIfAbsent(system, SqlStatements::new).get(text).text();
		return (without != null) ? without : this.texts.secret("sql", text);
	}

	private synchronized void remember(String text) {
		if (this.young.size() >= GENERATION) {
			this.old = this.young;
			this.young = ConcurrentHashMap.newKeySet();
		}
		this.young.add(text);
	}

	/**
	 * Whether there are quotes, or digits that belong to no name.
	 */
	static boolean mayHaveLiterals(String text, int begin, int end) {
		for (int i = begin; i < end; i++) {
			char c = text.charAt(i);
			if (Characters.isQuote(c)) {
				return true;
			}
			if (Characters.isDigit(c) && (i == begin || !isOfName(text.charAt(i - 1)))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isOfName(char c) {
		return Characters.isLetterOrDigit(c) || c == '_' || c == '$' || c == '?' || c == ':' || c == '@';
	}

	/**
	 * Commands of Redis with no more than their key.
	 */
	private static String withoutArguments(String text) {
		if (text.indexOf(' ') < 0) {
			return text;
		}
		StringBuilder without = new StringBuilder(text.length());
		for (String line : text.split("\n", MOST_COMMANDS)) {
			int command = line.indexOf(' ');
			boolean keyed = command > 0 && !WITHOUT_KEY.contains(line.substring(0, command).toUpperCase(Locale.ROOT));
			int end = keyed ? line.indexOf(' ', command + 1) : command;
			without.append((without.length() > 0) ? "\n" : "");
			without.append((end < 0) ? line : line.substring(0, end) + " ?");
		}
		return without.toString().equals(text) ? text : without.toString();
	}

	private static String systemName(Attributes attributes) {
		String name = attributes.get(SYSTEM_NAME);
		name = (name != null) ? name : attributes.get(SYSTEM);
		return (name != null) ? name : DatabaseSystem.OTHER.stableName();
	}

	private static @Nullable DatabaseSystem system(String name) {
		for (DatabaseSystem system : DatabaseSystem.values()) {
			if (name.equals(system.stableName()) || name.equals(system.legacyName())) {
				return system;
			}
		}
		return null;
	}

}
