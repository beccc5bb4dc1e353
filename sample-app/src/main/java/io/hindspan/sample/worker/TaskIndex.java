package io.hindspan.sample.worker;

import java.util.UUID;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class TaskIndex {

	private final JdbcClient jdbc;

	TaskIndex(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	void add(UUID taskId) {
		String title = this.jdbc.sql("select title from tasks where id = ?").param(taskId).query(String.class).single();
		this.jdbc.sql("update tasks set search_text = lower(?) where id = ?").params(title, taskId).update();
	}

	void confirm(UUID taskId) {
		this.jdbc.sql("update tasks set indexed_at = now() where id = ?").param(taskId).update();
	}

}
