package io.hindspan.compatibility.slices;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/**
 * A task in a database.
 */
@Entity
class Task {

	@Id
	@GeneratedValue
	private Long id;

	private String title;

	protected Task() {
	}

	Task(String title) {
		this.title = title;
	}

	Long id() {
		return this.id;
	}

	String title() {
		return this.title;
	}

}
