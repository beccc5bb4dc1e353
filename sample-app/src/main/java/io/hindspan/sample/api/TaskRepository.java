package io.hindspan.sample.api;

import java.util.List;
import java.util.UUID;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface TaskRepository extends JpaRepository<Task, UUID> {

	List<Task> findByProjectIdOrderByCreatedAt(long projectId);

	long countByProjectIdAndStatus(long projectId, Task.Status status);

	long countByProjectIdAndTitleIgnoreCase(long projectId, String title);

	@Query(nativeQuery = true, value = "select count(*) from tasks, pg_sleep(1.2)")
	long countSlowly();

}
