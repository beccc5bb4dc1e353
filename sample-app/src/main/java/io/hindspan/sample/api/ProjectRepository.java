package io.hindspan.sample.api;

import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ProjectRepository extends Repository<Project, Long> {

	boolean existsById(long id);

	@Modifying
	@Query("update Project p set p.taskCount = p.taskCount + :change where p.id = :id")
	void changeTaskCount(long id, int change);

}
