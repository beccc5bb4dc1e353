package io.hindspan.guard;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes harmless texts that look like secrets, in wide variety and always the same ones.
 */
final class LookAlikeCorpus {

	private final Random random;

	private final SecretCorpus secrets;

	LookAlikeCorpus(long seed) {
		this.random = new Random(seed);
		this.secrets = new SecretCorpus(seed);
	}

	/**
	 * What makes harmless texts, by their kind.
	 */
	Map<String, Supplier<String>> kinds() {
		Map<String, Supplier<String>> kinds = new LinkedHashMap<>();
		kinds.put("trace id", () -> hex(32));
		kinds.put("span id", () -> hex(16));
		kinds.put("traceparent", () -> "00-" + hex(32) + "-" + hex(16) + "-01");
		kinds.put("sha-256", () -> hex(64));
		kinds.put("uuid", () -> "task " + new UUID(this.random.nextLong(), this.random.nextLong()));
		kinds.put("milliseconds", () -> "at " + (1_500_000_000_000L + this.random.nextInt(Integer.MAX_VALUE) * 200L));
		kinds.put("nanoseconds", () -> String.valueOf(1_700_000_000_000_000_000L + this.random.nextLong(1L << 50)));
		kinds.put("fraction", () -> String.valueOf(this.random.nextDouble() * Math.pow(10, this.random.nextInt(8))));
		kinds.put("id of 18 digits", () -> "order "
				+ (100_000_000_000_000_000L + this.random.nextLong(1L << 59) % 800_000_000_000_000_000L));
		kinds.put("id of up to 12 digits", () -> "id=" + this.random.nextLong(1_000_000_000_000L));
		kinds.put("phone", () -> pick("+49 ", "+1-", "0") + number(3) + pick(" ", "-", "/") + number(3) + pick(" ", "-")
				+ number(4));
		kinds.put("date",
				() -> String.format(Locale.ROOT, "%04d-%02d-%02dT%02d:%02d:%02d.%s%s", 2000 + next(60), 1 + next(12),
						1 + next(28), next(24), next(60), next(60), number(pickInt(3, 6, 9)), pick("Z", "+02:00", "")));
		kinds.put("address",
				() -> next(256) + "." + next(256) + "." + next(256) + "." + next(256) + ":" + next(65_536));
		kinds.put("version", () -> pick("spring-core@", "java.base@", "lodash@", "npm:") + next(30) + "." + next(30)
				+ "." + next(30));
		kinds.put("object",
				() -> "com.example." + word() + "$" + word() + "@" + Integer.toHexString(this.random.nextInt()));
		kinds.put("annotation", () -> "no bean with @Qualifier, @" + word() + " or @org.example." + word() + " found");
		kinds.put("mention", () -> "thanks @" + word() + " for " + word());
		kinds.put("stack frame", () -> "\tat com.example." + word() + "." + word() + "(" + word() + ".java:"
				+ next(2000) + ") ~[app-1." + next(9) + ".jar!/:1." + next(9) + "]");
		kinds.put("template", () -> "GET /" + word() + "/{id}/" + word() + "?page={page}&size={size}");
		kinds.put("path", () -> "https://" + word() + ".example.com:" + next(65_000) + "/" + word() + "/"
				+ next(100_000) + "/" + word());
		kinds.put("sql",
				() -> pick("select", "SELECT") + " t1_0.id, t1_0." + word() + " from tasks t1_0 join " + word()
						+ " b on t1_0.token_id = b.token_id where t1_0." + pick("password", "token", "secret") + " = "
						+ pick("?", "$1", "?1") + " and b." + word() + " in (?, ?)");
		kinds.put("validation", () -> pick("password", "Password", "token", "apiKey") + ": " + pick("must not be blank",
				"is required", "must be at least 8 characters", "invalid", "was expired", "is missing or empty"));
		kinds.put("about tokens",
				() -> pick("Bearer token is missing", "bearer authentication required", "Basic authentication is off",
						"the token has expired", "Unexpected token '}' at line ", "no bearer of news ",
						"basic plan for ", "Bearer realm=\"tasks\" ") + word());
		kinds.put("usage", () -> pick("input_tokens=", "max_tokens: ", "tokens: ", "token_count=", "session.count=",
				"cookie.size=", "\"tokens\": ") + next(100_000));
		kinds.put("names of properties", () -> pick("token.type=access", "password.changed=true", "secret.name=tasks",
				"credential.provider=vault", "cookie.path=/", "session.timeout=30m", "token.endpoint=/oauth",
				"api.keys.enabled=true", "password=***", "password=", "token=null", "secret=<secret:16>", "pin=?"));
		kinds.put("public key", () -> "-----BEGIN PUBLIC KEY-----\n" + hex(64) + "\n-----END PUBLIC KEY-----");
		kinds.put("coordinates", () -> String.format(Locale.ROOT, "%.14f,%.14f", this.random.nextDouble() * 90,
				this.random.nextDouble() * 180));
		kinds.put("bytes", () -> next(1_000_000) + " of " + this.random.nextLong(1_000_000_000_000L) + " bytes");
		kinds.put("class",
				() -> "org." + word() + "." + word().toLowerCase(Locale.ROOT) + ".PasswordEncoder: " + word());
		kinds.put("queue", () -> word() + "." + word() + "-" + next(100) + "." + pick("dlq", "retry-0", "created"));
		kinds.put("sentence", () -> "It's " + word() + "'s " + word() + ": can't " + word() + " 'the " + word() + "'");
		kinds.put("json", () -> "{\"id\": " + next(100_000) + ", \"title\": \"" + word() + "\", \"tags\": [\"" + word()
				+ "\"], \"done\": false}");
		kinds.put("quoted names", () -> "Column '" + word() + "' not found; Unknown property \"" + word() + "\"");
		kinds.put("kebab", () -> "sk-" + word() + "-" + word() + " task-" + word() + " disk-" + word());
		kinds.put("fractions of money", () -> next(1_000_000) + "." + number(2) + " EUR, " + next(100) + " %");
		kinds.put("base64 words", () -> "Basic " + word() + " and Basic " + word() + word());
		kinds.put("article", () -> "EAN " + number(13) + ", ISBN 978-" + next(9) + "-" + number(4) + "-" + number(4)
				+ "-" + next(9));
		kinds.put("nearly a card", () -> "reference " + withOtherEnd(this.secrets.cardNumber()));
		kinds.put("nearly an IBAN", () -> "reference " + withOtherEnd(this.secrets.iban().secret().replace(" ", "")));
		kinds.put("card within an id", () -> hex(6) + this.secrets.cardNumber() + hex(6));
		return kinds;
	}

	/**
	 * A number whose check digit is not the right one any more.
	 */
	private static String withOtherEnd(String number) {
		int last = number.length() - 1;
		char end = number.charAt(last);
		return number.substring(0, last) + ((end == '9') ? '0' : (char) (end + 1));
	}

	private int next(int bound) {
		return this.random.nextInt(bound);
	}

	private int pickInt(int... choices) {
		return choices[next(choices.length)];
	}

	private String pick(String... choices) {
		return choices[next(choices.length)];
	}

	private String number(int digits) {
		StringBuilder number = new StringBuilder();
		for (int i = 0; i < digits; i++) {
			number.append(next(10));
		}
		return number.toString();
	}

	private String hex(int digits) {
		StringBuilder hex = new StringBuilder();
		for (int i = 0; i < digits; i++) {
			hex.append(Character.forDigit(next(16), 16));
		}
		return hex.toString();
	}

	private String word() {
		StringBuilder word = new StringBuilder();
		for (int i = 3 + next(8); i > 0; i--) {
			word.append((char) ('a' + next(26)));
		}
		if (next(3) == 0) {
			word.setCharAt(0, Character.toUpperCase(word.charAt(0)));
		}
		return word.toString();
	}

}
