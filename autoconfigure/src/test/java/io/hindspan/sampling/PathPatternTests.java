package io.hindspan.sampling;

import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for patterns of paths.
 */
class PathPatternTests {

	@ParameterizedTest
	@CsvSource({ "/tasks, /tasks", "/tasks/*, /tasks/17", "/tasks/**, /tasks/17/comments", "/tasks/**, /tasks",
			"/tasks/{id}, /tasks/17", "/tasks/{id}/comments, /tasks/17/comments", "/**, /", "/**, /tasks", "**, /a/b",
			"/a?c, /abc", "/*.html, /index.html", "/**/comments, /tasks/17/comments", "tasks.*, tasks.created",
			"/api/*/x*y, /api/1/xaby", "/**/a/*, /a/b/a/c", "/files/{*path}, /files/a/b", "/files/{*path}, /files" })
	void matches(String pattern, String path) {
		assertThat(PathPattern.of(pattern).matches(path)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "/tasks, /tasks/", "/tasks, /task", "/tasks/*, /tasks/17/comments", "/tasks/**, /tasksandmore",
			"/tasks/{id}, /tasks/", "/tasks/{id}, /tasks/17/comments", "/a?c, /a/c", "/tasks/*/x, /tasks/1/2/x",
			"/tasks, /Tasks" })
	void doesNotMatch(String pattern, String path) {
		assertThat(PathPattern.of(pattern).matches(path)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", " ", "/a/***", "/a/{id", "/a/id}", "/a/{id/b}", "/a/{{id}}", "/a/{id:[0-9]+}", "/a/{a b}" })
	void refusesWhatIsNoPattern(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> PathPattern.of(text));
	}

	@Test
	void looksAtTheBeginOfAStrangeText() {
		assertThat(PathPattern.of("/**/x*y").matches("/x".repeat(1_000_000))).isFalse();
		assertThat(PathPattern.of("/tasks/**").matches("/tasks/" + "x".repeat(10_000))).isTrue();
	}

	@Test
	void agreesWithRegularExpressions() {
		Random random = new Random(1);
		for (int i = 0; i < 200_000; i++) {
			String pattern = random(random, "ab/*?", 6);
			if (pattern.isEmpty() || pattern.contains("***")) {
				continue;
			}
			String path = random(random, "ab/", 8);
			assertThat(PathPattern.of(pattern).matches(path)).as("%s and %s", pattern, path)
				.isEqualTo(regularExpression(pattern).matcher(path).matches());
		}
	}

	private static String random(Random random, String alphabet, int maxLength) {
		StringBuilder text = new StringBuilder();
		for (int length = random.nextInt(maxLength + 1); length > 0; length--) {
			text.append(alphabet.charAt(random.nextInt(alphabet.length())));
		}
		return text.toString();
	}

	private static Pattern regularExpression(String pattern) {
		String expression = pattern.endsWith("/**") ? pattern.substring(0, pattern.length() - 3) + "(/**)" : pattern;
		return Pattern.compile(expression.replace("(/**)", "(/\u0001)?")
			.replace("**", "\u0001")
			.replace("*", "[^/]*")
			.replace("?", "[^/]")
			.replace(")[^/]", ")?")
			.replace("\u0001", ".*"));
	}

}
