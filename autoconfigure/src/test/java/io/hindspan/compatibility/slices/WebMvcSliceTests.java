package io.hindspan.compatibility.slices;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * Tests that a slice of Spring MVC starts as ever.
 */
@WebMvcTest(TaskController.class)
class WebMvcSliceTests {

	@MockitoBean
	private TaskTitles titles;

	@Test
	void controllerAnswers(@Autowired MockMvcTester mvc) {
		given(this.titles.title("17")).willReturn("mocked");
		assertThat(mvc.get().uri("/tasks/17")).hasStatusOk().hasBodyTextEqualTo("mocked");
	}

	@Test
	void repositoriesAreNotThere(@Autowired ApplicationContext context) {
		assertThat(context.getBeansOfType(TaskRepository.class)).isEmpty();
	}

}
