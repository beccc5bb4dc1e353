package io.hindspan.sample.message;

/** Where messages go: Kafka topics and RabbitMQ queues. */
public final class Topics {

	public static final String TASKS_CREATED = "tasks.created";

	public static final String TASKS_INDEXED = "tasks.indexed";

	public static final String TASKS_AUDIT = "tasks.audit";

	private Topics() {
	}

}
