package io.hindspan.sample.notifier;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/notifications")
class NotificationController {

	private static final Logger logger = LoggerFactory.getLogger(NotificationController.class);

	private final JdbcClient jdbc;

	private final SendingQuota sendingQuota;

	NotificationController(JdbcClient jdbc, SendingQuota sendingQuota) {
		this.jdbc = jdbc;
		this.sendingQuota = sendingQuota;
	}

	@GetMapping("/quota")
	Quota quota() {
		return new Quota(this.sendingQuota.remaining());
	}

	@GetMapping("/recipients")
	List<String> recipients(@RequestParam long projectId) {
		return this.jdbc.sql("select user_id from project_members where project_id = ?")
			.param(projectId)
			.query(String.class)
			.list();
	}

	@PostMapping("/preview")
	Preview preview(@RequestBody NewTask task) {
		return new Preview("%s created \"%s\"".formatted(task.createdBy(), task.title()));
	}

	@PostMapping
	@ResponseStatus(HttpStatus.ACCEPTED)
	void send(@RequestBody Notification notification) {
		this.sendingQuota.use(notification.recipients().size());
		logger.info("Told {} people", notification.recipients().size());
	}

	record Quota(long remaining) {

	}

	record NewTask(String title, String createdBy) {

	}

	record Preview(String text) {

	}

	record Notification(List<String> recipients, String text) {

	}

}
