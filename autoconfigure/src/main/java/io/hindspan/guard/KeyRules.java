package io.hindspan.guard;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.guard.KeyRule.Treatment;

/**
 * Says by its key what to do with an attribute, and remembers a bounded number of keys.
 * Thread-safe.
 */
final class KeyRules {

	private static final Logger logger = LoggerFactory.getLogger(KeyRules.class);

	static final int MAX_REMEMBERED = 2_000;

	static final int LONGEST_REMEMBERED = 256;

	private final Map<String, KeyRule> remembered = new ConcurrentHashMap<>();

	private final List<KeyPattern> masked;

	private final List<KeyPattern> allowed;

	private final Set<Detector> active;

	private final TextGuard texts;

	private volatile boolean full;

	/**
	 * Starts with no keys.
	 * @param masked keys to mask besides those that are called after secrets
	 * @param allowed keys to hand on as they are
	 * @param active the detectors that look
	 * @param texts what masks secrets in keys themselves
	 */
	KeyRules(List<KeyPattern> masked, List<KeyPattern> allowed, Set<Detector> active, TextGuard texts) {
		this.masked = List.copyOf(masked);
		this.allowed = List.copyOf(allowed);
		this.active = Set.copyOf(active);
		this.texts = texts;
	}

	KeyRule get(String key) {
		KeyRule rule = this.remembered.get(key);
		if (rule != null) {
			return rule;
		}
		rule = rule(key);
		if (!this.full && key.length() <= LONGEST_REMEMBERED) {
			this.remembered.put(key, rule);
			if (this.remembered.size() >= MAX_REMEMBERED) {
				this.full = true;
				logger.warn("Spans have {} different attributes and more. Ids belong into their values, not into "
						+ "their names. This is said once.", MAX_REMEMBERED);
			}
		}
		return rule;
	}

	private KeyRule rule(String key) {
		if (matches(this.allowed, key)) {
			return new KeyRule(key, Treatment.ALLOW);
		}
		String name = this.texts.guard(key, this.texts.newFindings());
		return new KeyRule(name, matches(this.masked, key) ? Treatment.MASK : treatment(key));
	}

	private Treatment treatment(String key) {
		if (this.active.contains(Detector.URL) && isQuery(key)) {
			return Treatment.QUERY;
		}
		if (this.active.contains(Detector.SQL) && isStatement(key)) {
			return Treatment.SQL;
		}
		return switch (SecretNames.kindOf(key)) {
			case NONE -> Treatment.LOOK;
			case TOKEN, HEADER -> Treatment.MASK_TEXT;
			case PASSWORD -> Treatment.MASK;
		};
	}

	private static boolean isQuery(String key) {
		return key.equals("url.query") || key.equals("http.query") || key.endsWith(".url.query");
	}

	private static boolean isStatement(String key) {
		return key.equals("db.query.text") || key.equals("db.statement") || key.startsWith("jdbc.query[")
				|| key.startsWith("r2dbc.query[");
	}

	private static boolean matches(List<KeyPattern> patterns, String key) {
		for (KeyPattern pattern : patterns) {
			if (pattern.matches(key)) {
				return true;
			}
		}
		return false;
	}

	int size() {
		return this.remembered.size();
	}

}
