package io.hindspan.sample.api;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "projects")
class Project {

	@Id
	private long id;

	private String name;

	private int taskCount;

	protected Project() {
	}

	String getName() {
		return this.name;
	}

	int getTaskCount() {
		return this.taskCount;
	}

}
