package io.hindspan.compatibility.slices;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a slice of JPA starts as ever.
 */
@DataJpaTest
class DataJpaSliceTests {

	@Test
	void repositoryStores(@Autowired TaskRepository tasks) {
		Task task = tasks.save(new Task("write"));
		assertThat(task.id()).isNotNull();
		assertThat(tasks.findByTitle("write")).extracting(Task::title).containsExactly("write");
	}

	@Test
	void controllersAreNotThere(@Autowired ApplicationContext context) {
		assertThat(context.getBeansOfType(TaskController.class)).isEmpty();
	}

}
