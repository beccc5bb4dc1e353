package io.hindspan.httpclient;

import java.net.URI;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientSpan}.
 */
class ClientSpanTests {

	@ParameterizedTest
	@CsvSource({ "http://tasks/x, tasks", "http://task_service/x, task_service",
			"http://task_service:8080, task_service", "http://me:a@task_service:8080, task_service",
			"http://tasks@other_host, other_host", "http://[::1]:8080/, ::1", "/x," })
	void hostIsKnown(URI uri, String host) {
		assertThat(ClientSpan.host(uri)).isEqualTo(host);
	}

}
