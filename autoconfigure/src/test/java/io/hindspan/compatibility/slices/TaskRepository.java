package io.hindspan.compatibility.slices;

import java.util.List;

import org.springframework.data.repository.Repository;

/**
 * The tasks.
 */
interface TaskRepository extends Repository<Task, Long> {

	Task save(Task task);

	List<Task> findByTitle(String title);

}
