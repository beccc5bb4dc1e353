package io.hindspan.sample.api;

import java.util.HashSet;
import java.util.Set;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class PermissionRepository {

	private final JdbcClient jdbc;

	PermissionRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	Set<String> findByUser(String user) {
		return new HashSet<>(this.jdbc.sql("select permission from permissions where user_id = ?")
			.param(user)
			.query(String.class)
			.list());
	}

}
