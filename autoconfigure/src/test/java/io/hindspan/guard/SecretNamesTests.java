package io.hindspan.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.guard.SecretNames.Kind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the names of secrets.
 */
class SecretNamesTests {

	private static final Pattern NAME = Pattern.compile("`([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)`");

	@ParameterizedTest
	@ValueSource(strings = { "password", "db.password", "DB_PASSWORD", "dbpassword", "userPassword", "password1",
			"oauth2.client.secret", "http.request.header.authorization", "http.request.header.set-cookie",
			"http.request.header.x-api-key", "X-API-Key", "APIKey", "apikey", "aws_secret_access_key", "sessionId",
			"SESSION_ID", "JSESSIONID", "access-token", "refreshToken", "idToken", "X-Hindspan-Trace", "user.ssn",
			"card.cvv2", "card.number", "creditCardNumber", "privateKey", "credentials", "date.birthDate",
			"cookie.theme", "x-amz-security-token", "spring.datasource.password", "pwd", "contrasena" })
	void nameOfASecret(String name) {
		assertThat(SecretNames.kindOf(name)).isNotEqualTo(Kind.NONE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "session.count", "token_count", "token.type", "gen_ai.token.type", "passenger.name",
			"tokenizer", "authentication.result", "authorization.granted", "authorization.role", "cookie.name",
			"secret.name", "aws.secretsmanager.secret.arn", "messaging.destination.name", "db.namespace", "key",
			"cache.key", "messaging.kafka.message.key", "task.id", "pinned", "spinner", "compass", "author", "expand",
			"keystroke", "session.timeout", "user.name", "password.changed", "TokenService.java" })
	void nameOfNoSecret(String name) {
		assertThat(SecretNames.kindOf(name)).isEqualTo(Kind.NONE);
	}

	@Test
	void noAttributeOfHindspansOwnIsASecret() throws IOException {
		List<String> names = NAME.matcher(Files.readString(Path.of("../docs/spans.md")))
			.results()
			.map((MatchResult name) -> name.group(1))
			.distinct()
			.toList();
		assertThat(names).hasSizeGreaterThan(60).allMatch((name) -> SecretNames.kindOf(name) == Kind.NONE);
	}

}
