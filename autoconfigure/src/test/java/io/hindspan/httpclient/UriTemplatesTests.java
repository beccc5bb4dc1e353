package io.hindspan.httpclient;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UriTemplates}.
 */
class UriTemplatesTests {

	private final UriTemplates templates = new UriTemplates();

	@ParameterizedTest
	@CsvSource({ "/tasks/{id}, /tasks/{id}", "tasks/{id}, /tasks/{id}",
			"http://api.example:8080/tasks/{id}, /tasks/{id}", "https://user:secret@api.example/tasks?q={q}, /tasks",
			"/tasks?redirect=http://other/x, /tasks", "/tasks#top, /tasks", "http://api.example, /",
			"http://api.example?q=1, /", "/api/v1/tasks, /api/v1/tasks", "/oauth2/token, /oauth2/token",
			"/tasks/{taskId2024}, /tasks/{taskId2024}", "{base}/tasks, /{base}/tasks" })
	void templateNamesItsPath(String template, String path) {
		UriTemplates.Route route = this.templates.route(template);
		assertThat(route).isNotNull();
		assertThat(route.path()).isEqualTo(path);
		assertThat(route.name("GET")).isEqualTo("GET " + path);
		assertThat(this.templates.route(template)).isSameAs(route);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/tasks/42", "/tasks/42/comments/{id}", "http://api.example/tasks/7",
			"/tasks/0b9f7a5e-0d5f-4b7c-9d3e-8a1f2c3d4e5f", "/users/ada@example.org", "/search/a%20b", "/t;session=x" })
	void textWithAnIdNamesNothing(String template) {
		assertThat(this.templates.route(template)).isNull();
	}

	@Test
	void nothingNamesNothing() {
		assertThat(this.templates.route(null)).isNull();
		assertThat(this.templates.route("")).isNull();
	}

	@Test
	void staysBoundedWhereWordsAreIds() {
		for (int i = 0; i < 3000; i++) {
			String word = "w" + Integer.toString(i, 26).replaceAll("[0-9]", "z") + "x".repeat(i % 40);
			this.templates.route("/users/" + word);
		}
		assertThat(this.templates).extracting("routes")
			.asInstanceOf(InstanceOfAssertFactories.MAP)
			.hasSizeLessThanOrEqualTo(1000);
	}

}
