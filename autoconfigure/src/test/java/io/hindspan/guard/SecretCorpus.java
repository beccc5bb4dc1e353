package io.hindspan.guard;

import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes secrets and personal data in texts, in wide variety and always the same ones.
 * Knows nothing of how they are found.
 */
final class SecretCorpus {

	private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";

	private static final String DIGITS = "0123456789";

	private static final String ALPHANUMERIC = LOWER + LOWER.toUpperCase() + DIGITS;

	private static final String BASE64URL = ALPHANUMERIC + "-_";

	private static final List<String> WORDS = List.of("order", "failed", "for", "customer", "while", "sending", "could",
			"not", "be", "processed", "Zahlung", "reçu", "attempt", "with", "status", "retry", "user", "validation",
			"timeout", "after", "request", "日本", "the", "quick", "response", "unexpected");

	private static final List<String> NAMES = List.of("john", "Mary.Smith", "o'neil", "jean-luc", "anna_k", "x",
			"mueller", "jörg", "søren", "li.wei", "a.b.c", "first.last", "team", "no-reply", "bob99", "ALICE");

	private static final List<String> DOMAINS = List.of("example.com", "mail.example.co.uk", "gmail.com", "web.de",
			"corp.internal.io", "bücher.example", "a.museum", "x-y.org", "uni-köln.de", "EXAMPLE.COM", "t.co",
			"sub.sub2.sub3.example.travel", "xn--bcher-kva.example");

	private final Random random;

	SecretCorpus(long seed) {
		this.random = new Random(seed);
	}

	/**
	 * A text and what of it must not be seen.
	 *
	 * @param text the text
	 * @param secret what must not be seen, nor eight characters of it in a row
	 * @param before what must still be seen
	 */
	record Sample(String text, String secret, String before) {

	}

	Sample email() {
		String local = pick(NAMES) + (chance(2) ? "" : pick(List.of("+", ".", "-", "_")) + text(ALPHANUMERIC, 1, 12));
		String domain = chance(2) ? pick(DOMAINS) : text(LOWER, 2, 12) + "." + pick(List.of("com", "de", "org", "io"));
		if (chance(20)) {
			String words = local + " " + text(LOWER, 2, 8);
			return around("\"" + words + "\"@" + domain, words);
		}
		String sign = chance(10) ? pick(List.of("%40", "\\u0040", "%2540")) : "@";
		return around(local + sign + domain, local + sign + domain);
	}

	Sample jwt() {
		String header = base64("{\"alg\":\"" + pick(List.of("HS256", "RS256", "ES384", "none")) + "\",\"typ\":\"JWT\""
				+ (chance(2) ? "" : ",\"kid\":\"" + text(ALPHANUMERIC, 4, 30) + "\"") + "}");
		String payload = base64("{\"sub\":\"" + text(ALPHANUMERIC, 3, 40) + "\",\"iat\":" + text(DIGITS, 10, 10) + "}");
		String signature = text(BASE64URL, 20, 400);
		String jwt = chance(10) ? header + "." + text(BASE64URL, 20, 60) + "." + text(BASE64URL, 16, 16) + "." + payload
				+ "." + text(BASE64URL, 22, 22) : header + "." + payload + (chance(8) ? "." : "." + signature);
		return around(jwt, payload);
	}

	Sample bearer() {
		String token = text(ALPHANUMERIC + "-._~+/", 12, 120) + text(DIGITS, 1, 1) + pick(List.of("", "=", "=="));
		String scheme = pick(List.of("Bearer ", "bearer ", "BEARER ", "Bearer  ", "Bearer%20", "bearer+", "Bearer:"));
		return around(scheme + token, token);
	}

	Sample basic() {
		String credentials = text(ALPHANUMERIC, 1, 20) + ":" + text(ALPHANUMERIC + "!$%&/()=?*#äé", 1, 30);
		Base64.Encoder encoder = pick(List.of(Base64.getEncoder(), Base64.getEncoder().withoutPadding()));
		String encoded = encoder.encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
		return around(pick(List.of("Basic ", "basic ", "BASIC ", "Basic%20")) + encoded, encoded);
	}

	Sample card() {
		String number = cardNumber();
		String separator = pick(List.of("", "", "", "-", " ", ".", "\u00a0"));
		StringBuilder printed = new StringBuilder();
		int[] groups = (number.length() == 15) ? new int[] { 4, 6, 5 }
				: (number.length() == 14) ? new int[] { 4, 6, 4 } : new int[] { 4, 4, 4, 4, 4 };
		int at = 0;
		for (int group : groups) {
			int end = Math.min(number.length(), at + group);
			printed.append((at > 0 && at < end) ? separator : "").append(number, at, end);
			at = end;
		}
		return around(printed.toString(), printed.toString());
	}

	String cardNumber() {
		String[] issuer = pick(List.of("4:13", "4:16", "4:16", "4:19", "51:16", "53:16", "55:16", "2221:16", "2720:16",
				"2500:16", "34:15", "37:15", "300:14", "305:14", "36:14", "38:14", "6011:16", "644:16", "649:16",
				"65:16", "65:19", "3528:16", "3589:16", "62:16", "62:17", "62:18", "62:19", "5018:16", "6304:19",
				"6759:18"))
			.split(":");
		int length = Integer.parseInt(issuer[1]);
		String digits = issuer[0] + text(DIGITS, length - 1 - issuer[0].length(), length - 1 - issuer[0].length());
		for (char check = '0'; check <= '9'; check++) {
			int sum = 0;
			String number = digits + check;
			for (int i = 0; i < length; i++) {
				int digit = number.charAt(length - 1 - i) - '0';
				sum += (i % 2 == 0) ? digit : (2 * digit) / 10 + (2 * digit) % 10;
			}
			if (sum % 10 == 0) {
				return number;
			}
		}
		throw new AssertionError(digits);
	}

	Sample iban() {
		String[] country = pick(List.of("DE:18", "GB:4a14", "FR:23", "NL:4a10", "ES:20", "IT:1a22", "AT:16", "CH:17",
				"BE:12", "NO:11", "MT:4a23", "PL:24", "SE:20", "LT:16"))
			.split(":");
		int letters = country[1].contains("a") ? Integer.parseInt(country[1].substring(0, country[1].indexOf('a'))) : 0;
		int digits = Integer.parseInt(country[1].substring(country[1].indexOf('a') + 1));
		String account = text(LOWER.toUpperCase(), letters, letters) + text(DIGITS, digits, digits);
		StringBuilder number = new StringBuilder();
		for (char c : (account + country[0] + "00").toCharArray()) {
			number.append(Character.getNumericValue(c));
		}
		int check = 98 - new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
		String iban = country[0] + String.format("%02d", check) + account;
		if (chance(2)) {
			iban = iban.replaceAll("(.{4})(?=.)", "$1 ");
		}
		iban = chance(10) ? iban.toLowerCase() : iban;
		return around(iban, iban);
	}

	Sample userInfo() {
		String user = text(ALPHANUMERIC, 1, 16);
		String password = text(ALPHANUMERIC + "!$&*+,;=~._-", 9, 24);
		String info = chance(5) ? password : user + ":" + (chance(4) ? encoded(password + "@/?") : password);
		String scheme = pick(List.of("https", "http", "postgresql", "jdbc:postgresql", "amqp", "redis", "mongodb+srv",
				"jdbc:mysql", "ftp", "HTTPS"));
		String host = pick(List.of("db.example.com:5432", "localhost", "10.0.0.1:6379", "[::1]:80", "h", "a-b.c.d"));
		String path = pick(List.of("", "/", "/tasks/42", "/tasks?page=1", "#top"));
		return around(scheme + pick(List.of("://", "://", "://", ":\\/\\/")) + info + "@" + host + path, info);
	}

	Sample parameter() {
		String value = encoded(text(ALPHANUMERIC + "äß @/+:,", 8, 60));
		String name = pick(List.of("q", "name", "token", "user[name]", "filter.city", "a-b", "X-Amz-Signature", "c%20d",
				"search"));
		String before = pick(List.of("", "page=1&", "debug&", "sort=&"));
		String behind = pick(List.of("", "", "&x=y", "#end", "&flag"));
		String path = pick(List.of("https://example.com/tasks", "/tasks/42", "http://localhost:8080", "tasks",
				"https:\\/\\/example.com\\/tasks"));
		return around(path + "?" + before + name + "=" + value + behind, value);
	}

	Sample token() {
		Supplier<String> token = pick(List.<Supplier<String>>of(
				() -> pick(List.of("AKIA", "ASIA")) + text(LOWER.toUpperCase() + "234567", 16, 16),
				() -> pick(List.of("ghp_", "gho_", "ghu_", "ghs_")) + text(ALPHANUMERIC, 36, 36),
				() -> "github_pat_" + text(ALPHANUMERIC, 22, 22) + "_" + text(ALPHANUMERIC, 59, 59),
				() -> "glpat-" + text(BASE64URL, 20, 20),
				() -> pick(List.of("xoxb-", "xoxp-")) + text(DIGITS, 10, 13) + "-" + text(DIGITS, 10, 13) + "-"
						+ text(ALPHANUMERIC, 24, 24),
				() -> pick(List.of("sk_live_", "sk_test_", "rk_live_")) + text(ALPHANUMERIC, 24, 99),
				() -> "AIza" + text(BASE64URL, 35, 35), () -> "npm_" + text(ALPHANUMERIC, 36, 36),
				() -> "SG." + text(BASE64URL, 22, 22) + "." + text(BASE64URL, 43, 43),
				() -> "sk-" + pick(List.of("", "proj-", "ant-api03-")) + text(ALPHANUMERIC, 40, 90),
				() -> "hvs." + text(BASE64URL, 24, 90), () -> "shpat_" + text("0123456789abcdef", 32, 32) + "0",
				() -> "v1.1" + text(DIGITS, 9, 9) + "." + text("0123456789abcdef", 32, 32) + "."
						+ text(BASE64URL, 43, 43)));
		String made = token.get();
		return around(made, made);
	}

	Sample privateKey() {
		String type = pick(List.of("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
				"OPENSSH PRIVATE KEY"));
		String line = pick(List.of("\n", "\r\n", "\\n", " "));
		StringBuilder body = new StringBuilder();
		String first = text(ALPHANUMERIC + "+/", 64, 64);
		body.append(first);
		for (int i = this.random.nextInt(20); i > 0; i--) {
			body.append(line).append(text(ALPHANUMERIC + "+/", 64, 64));
		}
		String end = chance(4) ? "" : line + "-----END " + type + "-----";
		return around("-----BEGIN " + type + "-----" + line + body + end, first);
	}

	/**
	 * What a text calls a secret itself.
	 */
	Sample named() {
		String name = secretName();
		String secret = text(ALPHANUMERIC + "!#$*+-_~^", 5, 40) + text(ALPHANUMERIC, 4, 4);
		Function<String, String> form = pick(List.<Function<String, String>>of((value) -> name + "=" + value,
				(value) -> name + ": " + value, (value) -> name + ":" + value,
				(value) -> "{\"" + name + "\":\"" + value + "\",\"id\":1}",
				(value) -> "{ \"" + name + "\" : \"" + value + "\" }",
				(value) -> "{\\\"" + name + "\\\":\\\"" + value + "\\\"}",
				(value) -> "{\\\\\\\"" + name + "\\\\\\\": \\\\\\\"" + value + "\\\\\\\"}",
				(value) -> name + "='" + value + "'", (value) -> name + " = \"" + value + "\"",
				(value) -> "Login[user=x, " + name + "=" + value + ", admin=false]",
				(value) -> "{user=x, " + name + "=" + value + "}", (value) -> "user=x;" + name + "=" + value + ";db=1",
				(value) -> "a=b&" + name + "=" + value + "&c=d",
				(value) -> "<" + name + ">" + value + "</" + name + ">", (value) -> "--" + name + "=" + value,
				(value) -> "--" + name + " " + value, (value) -> name + "=[" + value + "]",
				(value) -> "(" + name + ")=(" + value + ")", (value) -> name + "%3D" + value,
				(value) -> "'" + name + "' => '" + value + "'", (value) -> name + ":\t" + value));
		return around(form.apply(secret), secret);
	}

	String secretName() {
		return pick(List.of("password", "Password", "PASSWORD", "passwd", "pwd", "db.password", "db_password",
				"userPassword", "DB_PASSWORD", "dbpassword", "passphrase", "secret", "clientSecret", "client_secret",
				"client-secret", "token", "accessToken", "access_token", "refresh-token", "apiKey", "api_key",
				"X-Api-Key", "APIKey", "apikey", "privateKey", "aws_secret_access_key", "sessionId", "session_id",
				"JSESSIONID", "credentials", "spring.datasource.password", "ssn", "cvv", "passcode", "x-csrf-token"));
	}

	/**
	 * A literal in a SQL text that a message quotes.
	 */
	Sample sqlLiteral() {
		String value = text(ALPHANUMERIC + " -_", 8, 30);
		String sql = pick(List.of("insert into users (id, name) values (7, '%s')", "INSERT INTO users VALUES ('%s', 3)",
				"select * from users u where u.name = '%s'", "update users set name = '%s' where id = 3",
				"SELECT id FROM users\nWHERE name LIKE '%s' AND x = 1", "delete from users where name='%s'",
				"select count(*) from t group by a having max(b) = '%s'", "merge into t values (N'%s')",
				"create user u identified by '%s'", "alter role r with password '%s'",
				"update users set city = 'it''s', name = '%s'"));
		String text = String.format(sql, value);
		String message = pick(List.of("could not execute statement [%s]", "bad SQL grammar [%s]", "%s",
				"ERROR in %s; x", "StatementCallback; uncategorized SQLException for SQL [%s]; SQL state [42]"));
		return around(String.format(message, text), value);
	}

	/**
	 * Values of a row in the message of a database.
	 */
	Sample row() {
		String value = text(ALPHANUMERIC, 8, 30);
		String message = pick(List.of("Detail: Key (name)=(%s) already exists.",
				"Detail: Key (lower(name), city)=(%s, (x)) is not present in table \"users\".",
				"Detail: Failing row contains (7, %s, null, t).", "Duplicate entry '%s' for key 'users.name'",
				"Unique index or primary key violation: \"PUBLIC.U ON PUBLIC.USERS(NAME) VALUES ( /* 1 */ '%s' )\"",
				"The duplicate key value is (%s).",
				"E11000 duplicate key error collection: a.b index: n_1 dup key: { name: \"%s\" }"));
		return around(String.format(message, value), value);
	}

	private Sample around(String secret, String hidden) {
		String before = "b" + text(LOWER, 6, 10);
		String words = before + words();
		String text = switch (this.random.nextInt(21)) {
			case 0 -> secret;
			case 1 -> words + "\n" + secret + "\n\tat com.example.Foo.bar(Foo.java:42)";
			case 2 -> words + " (" + secret + ")";
			case 3 -> words + " [" + secret + "]";
			case 4 -> "{\"" + before + "\": \"" + words + "\", \"v\": \"" + secret.replace("\"", "\\\"") + "\"}";
			case 5 -> words + ": " + secret;
			case 6 -> words + "='" + secret + "'";
			case 7 -> words + " " + secret + ".";
			case 8 -> words + " " + secret + ", " + words();
			case 9 -> words + "\t<" + secret + ">";
			case 10 -> words + " \"" + secret + "\"";
			case 11 -> words + "\\n" + secret.replace("\"", "\\\"") + "\\n\\tend";
			case 12 -> "7," + words + "," + secret + ",x";
			case 13 -> "<a b='c'>" + words + " " + secret + "</a>";
			case 14 -> words + " `" + secret + "` |" + secret + "|";
			case 15 -> words + ";" + secret + ";" + words();
			case 16 -> words + " -> " + secret + "\r\nnext: 42";
			case 17 -> "Map(a -> " + words + ", b -> " + secret + ")";
			case 18 -> words + "\u00a0" + secret + "\u00a0…";
			case 19 -> "日本" + secret + "日本 " + words;
			default -> words + " " + secret + " " + words();
		};
		return new Sample(text, hidden.replace("\"", text.contains("\\\"") ? "\\\"" : "\""),
				text.contains(before) ? before : "");
	}

	private String words() {
		StringBuilder words = new StringBuilder();
		for (int i = this.random.nextInt(6); i > 0; i--) {
			words.append(' ').append(pick(WORDS));
		}
		return words.toString();
	}

	private static String base64(String text) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	private boolean chance(int of) {
		return this.random.nextInt(of) == 0;
	}

	private <T> T pick(List<T> choices) {
		return choices.get(this.random.nextInt(choices.size()));
	}

	private String text(String alphabet, int shortest, int longest) {
		int length = shortest + this.random.nextInt(longest - shortest + 1);
		StringBuilder text = new StringBuilder(length);
		for (int i = 0; i < length; i++) {
			text.append(alphabet.charAt(this.random.nextInt(alphabet.length())));
		}
		return text.toString();
	}

}
