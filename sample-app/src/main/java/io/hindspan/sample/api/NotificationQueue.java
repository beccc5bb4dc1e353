package io.hindspan.sample.api;

import java.util.List;

import io.micrometer.observation.annotation.Observed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpTemplate;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClientException;

import io.hindspan.sample.message.TaskAudit;
import io.hindspan.sample.message.TaskCreated;
import io.hindspan.sample.message.Topics;

@Service
class NotificationQueue {

	private static final Logger logger = LoggerFactory.getLogger(NotificationQueue.class);

	private final NotifierClient notifier;

	private final KafkaTemplate<String, TaskCreated> kafka;

	private final AmqpTemplate rabbit;

	NotificationQueue(NotifierClient notifier, KafkaTemplate<String, TaskCreated> kafka, AmqpTemplate rabbit) {
		this.notifier = notifier;
		this.kafka = kafka;
		this.rabbit = rabbit;
	}

	@Observed(name = "task.notification", contextualName = "enqueue_notification")
	public void enqueue(Task task) {
		this.kafka.send(Topics.TASKS_CREATED, task.getId().toString(), message(task));
		this.rabbit.convertAndSend(Topics.TASKS_AUDIT,
				new TaskAudit(task.getId(), task.getCreatedBy(), "CREATED", task.getCreatedAt()));
	}

	private TaskCreated message(Task task) {
		try {
			if (this.notifier.remainingQuota() > 0) {
				List<String> recipients = this.notifier.recipients(task.getProjectId());
				return new TaskCreated(task.getId(), task.getProjectId(), recipients, this.notifier.preview(task));
			}
		}
		catch (RestClientException | WebClientException ex) {
			logger.warn("Nobody will be notified of task {}: {}", task.getId(), ex.getMessage());
		}
		return new TaskCreated(task.getId(), task.getProjectId(), List.of(), task.getTitle());
	}

}
