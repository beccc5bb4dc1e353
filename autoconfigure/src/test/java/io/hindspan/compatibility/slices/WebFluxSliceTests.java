package io.hindspan.compatibility.slices;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.mockito.BDDMockito.given;

/**
 * Tests that a slice of WebFlux starts as ever.
 */
@WebFluxTest(TaskController.class)
class WebFluxSliceTests {

	@MockitoBean
	private TaskTitles titles;

	@Test
	void controllerAnswers(@Autowired WebTestClient client) {
		given(this.titles.title("17")).willReturn("mocked");
		client.get().uri("/tasks/17").exchange().expectStatus().isOk().expectBody(String.class).isEqualTo("mocked");
	}

}
