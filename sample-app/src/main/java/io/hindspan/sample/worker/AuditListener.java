package io.hindspan.sample.worker;

import java.sql.Timestamp;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import io.hindspan.sample.message.TaskAudit;
import io.hindspan.sample.message.Topics;

@Component
class AuditListener {

	private final JdbcClient jdbc;

	AuditListener(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@RabbitListener(queues = Topics.TASKS_AUDIT)
	void record(TaskAudit audit) {
		this.jdbc.sql("insert into audit_log (task_id, user_id, action, happened_at) values (?, ?, ?, ?)")
			.params(audit.taskId(), audit.user(), audit.action(), Timestamp.from(audit.happenedAt()))
			.update();
	}

}
