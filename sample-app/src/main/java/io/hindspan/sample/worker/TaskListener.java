package io.hindspan.sample.worker;

import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

import io.hindspan.sample.message.TaskCreated;
import io.hindspan.sample.message.TaskIndexed;
import io.hindspan.sample.message.Topics;

@Component
class TaskListener {

	private static final Logger logger = LoggerFactory.getLogger(TaskListener.class);

	private final TaskIndex index;

	private final RestClient notifier;

	private final KafkaTemplate<String, TaskIndexed> kafka;

	TaskListener(TaskIndex index, RestClient notifier, KafkaTemplate<String, TaskIndexed> kafka) {
		this.index = index;
		this.notifier = notifier;
		this.kafka = kafka;
	}

	@KafkaListener(topics = Topics.TASKS_CREATED)
	void created(TaskCreated task) {
		this.index.add(task.taskId());
		this.notifier.post()
			.uri("/notifications")
			.body(Map.of("recipients", task.recipients(), "text", task.text()))
			.retrieve()
			.toBodilessEntity();
		this.kafka.send(Topics.TASKS_INDEXED, task.taskId().toString(), new TaskIndexed(task.taskId()));
	}

	@KafkaListener(topics = Topics.TASKS_INDEXED)
	void indexed(TaskIndexed task) {
		this.index.confirm(task.taskId());
		logger.info("Task {} can be found", task.taskId());
	}

}
