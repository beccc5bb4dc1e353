package io.hindspan.guard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows names of secrets by the words that they consist of: {@code db.password},
 * {@code X-Api-Key}, {@code clientSecret}, {@code SESSION_ID}. What a name says about a
 * secret tells none: {@code token.count}, {@code password.changed}.
 */
final class SecretNames {

	/** What a name promises. */
	enum Kind {

		/** Nothing. */
		NONE,

		/** What is never a small number, since then it counts something. */
		TOKEN,

		/** Whatever it looks like. */
		PASSWORD,

		/** All that follows in the line. */
		HEADER

	}

	private static final long BASE = 1_000_003;

	private static final List<String> PASSWORDS = List.of("password", "passwords", "passwd", "passwort", "kennwort",
			"pwd", "passphrase", "passcode", "pin", "cvv", "cvc", "cvn", "ssn", "iban", "otp", "totp", "securitycode",
			"cardnumber", "creditcard", "debitcard", "ccnumber", "ccnum", "pan", "socialsecurity", "taxid", "passport",
			"dob", "birthdate", "dateofbirth", "birthday", "motdepasse", "senha", "contrasena", "parola", "haslo",
			"userpass", "dbpass", "mypass", "privatekey", "secretkey", "identifiedby");

	private static final List<String> TOKENS = List.of("secret", "secrets", "token", "tokens", "pass", "apikey",
			"apikeys", "accesskey", "signingkey", "encryptionkey", "masterkey", "accountkey", "sharedkey",
			"subscriptionkey", "servicekey", "authkey", "sessionid", "sessid", "jsessionid", "phpsessid", "sessionkey",
			"credential", "credentials", "jwt", "bearer", "csrf", "xsrf", "authtoken", "accesstoken", "refreshtoken",
			"idtoken", "sessiontoken", "clientsecret", "hindspantrace");

	private static final List<String> HEADERS = List.of("authorization", "cookie", "cookies", "setcookie");

	/** Ends of words that are written as one: {@code dbpassword}. */
	private static final List<String> ENDS = List.of("password", "passwd", "passphrase", "secret", "apikey", "token");

	/** Last words of names that tell of a secret and are none. */
	private static final List<String> ABOUT = List.of("count", "counts", "counter", "length", "size", "type", "kind",
			"expiry", "expires", "expired", "expiration", "ttl", "age", "limit", "usage", "total", "enabled",
			"required", "valid", "invalid", "status", "state", "algorithm", "version", "policy", "strength", "url",
			"uri", "endpoint", "max", "min", "duration", "time", "timestamp", "at", "in", "bytes", "provider", "source",
			"format", "name", "names", "arn", "issuer", "scope", "scopes", "scheme", "method", "mode", "domain", "path",
			"granted", "decision", "result", "outcome", "error", "errors", "reason", "changed", "updated", "created",
			"present", "exists", "brand", "class", "java", "service", "manager", "filter", "encoder", "repository",
			"controller", "interceptor", "handler", "resolver", "exception", "factory", "store", "validator",
			"generator", "parser", "holder", "context", "builder", "client", "server", "config", "configuration",
			"properties", "authentication");

	private static final long AUTHORIZATION = hash("authorization");

	private static final Map<Long, Kind> WORDS = words();

	private SecretNames() {
	}

	private static Map<Long, Kind> words() {
		Map<Long, Kind> words = new HashMap<>();
		PASSWORDS.forEach((word) -> words.put(hash(word), Kind.PASSWORD));
		TOKENS.forEach((word) -> words.put(hash(word), Kind.TOKEN));
		HEADERS.forEach((word) -> words.put(hash(word), Kind.HEADER));
		ABOUT.forEach((word) -> words.put(hash(word), Kind.NONE));
		return Map.copyOf(words);
	}

	private static long hash(String word) {
		long hash = 0;
		for (int i = 0; i < word.length(); i++) {
			hash = BASE * hash + word.charAt(i);
		}
		return hash;
	}

	static Kind kindOf(String name) {
		return kindOf(name, 0, name.length());
	}

	/**
	 * What a name that is part of a text promises. Allocates nothing but boxes of hashes.
	 */
	static Kind kindOf(CharSequence text, int begin, int end) {
		Kind kind = Kind.NONE;
		boolean about = false;
		long previous = 0;
		int word = begin;
		while (word < end) {
			int behind = endOfWord(text, word, end);
			if (behind == word) {
				word++;
				continue;
			}
			long hash = hash(0, text, word, behind);
			Kind single = WORDS.get(hash);
			Kind pair = (previous != 0) ? WORDS.get(hash(previous, text, word, behind)) : null;
			Kind found = (pair != null && pair != Kind.NONE) ? pair : single;
			if (found == null && endsLikeOne(text, word, behind)) {
				found = Kind.TOKEN;
			}
			about = found == Kind.NONE;
			if (found != null && found.compareTo(kind) > 0) {
				kind = found;
			}
			else if (kind == Kind.HEADER && found == null) {
				// cookie.theme is one cookie, authorization.role no credentials
				kind = (previous == AUTHORIZATION) ? Kind.NONE : Kind.TOKEN;
			}
			previous = hash;
			word = behind;
		}
		return about ? Kind.NONE : kind;
	}

	private static long hash(long start, CharSequence text, int begin, int end) {
		long hash = start;
		for (int i = begin; i < end; i++) {
			hash = BASE * hash + Characters.lower(text.charAt(i));
		}
		return hash;
	}

	/**
	 * The end of letters that are one word: {@code API|Key}, {@code client|Secret}.
	 */
	private static int endOfWord(CharSequence text, int begin, int end) {
		int i = begin;
		while (i < end && Characters.isLetter(text.charAt(i))) {
			boolean upper = Characters.isUpper(text.charAt(i));
			if (i > begin && upper) {
				boolean afterLower = !Characters.isUpper(text.charAt(i - 1));
				boolean beforeLower = i + 1 < end && Characters.isLetter(text.charAt(i + 1))
						&& !Characters.isUpper(text.charAt(i + 1));
				if (afterLower || beforeLower) {
					break;
				}
			}
			i++;
		}
		return i;
	}

	private static boolean endsLikeOne(CharSequence text, int begin, int end) {
		for (int i = 0; i < ENDS.size(); i++) {
			String word = ENDS.get(i);
			int from = end - word.length();
			if (from > begin && isAt(text, from, word)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isAt(CharSequence text, int from, String lower) {
		for (int i = 0; i < lower.length(); i++) {
			if (Characters.lower(text.charAt(from + i)) != lower.charAt(i)) {
				return false;
			}
		}
		return true;
	}

}
