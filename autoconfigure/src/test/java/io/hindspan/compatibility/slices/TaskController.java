package io.hindspan.compatibility.slices;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells the titles of tasks, by either stack.
 */
@RestController
class TaskController {

	private final TaskTitles titles;

	TaskController(TaskTitles titles) {
		this.titles = titles;
	}

	@GetMapping("/tasks/{id}")
	String title(@PathVariable String id) {
		return this.titles.title(id);
	}

}
