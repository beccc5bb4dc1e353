package io.hindspan.rabbit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RabbitDestination}.
 */
class RabbitDestinationTests {

	@ParameterizedTest
	@CsvSource({ "'', tasks.audit, tasks.audit", "tasks, created, tasks:created", "tasks, '', tasks",
			"'', '', amq.default", "'', amq.gen-JzTY20BRgKO-HjmUJj0wLg, (temporary)",
			"'', spring.gen-eIwaZAYgQv6LvwaDCfVTNQ, (temporary)",
			"'', amq.rabbitmq.reply-to.g1h2AA5yZXBseUA0MDg3NTUzNgAABXMAAAAAYQ==.s3r, (temporary)",
			"'', 0f0b2c4e-5d1a-4a6f-9c1e-8b7a6d5c4b3a, (temporary)", "'', tasks-2024, tasks-2024" })
	void namesWhereAMessageIsSent(String exchange, String routingKey, String expected) {
		assertThat(RabbitDestination.ofSend(exchange, routingKey)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "'', tasks.audit, tasks.audit, tasks.audit", "tasks, created, audit, tasks:created:audit",
			"tasks, audit, audit, tasks:audit", "tasks, '', audit, tasks:audit", "tasks, created, '', tasks:created",
			"broadcast, '', amq.gen-JzTY20BRgKO-HjmUJj0wLg, broadcast:(temporary)", "'', tasks.audit, '', tasks.audit",
			"'', '', '', amq.default" })
	void namesWhereAMessageComesFrom(String exchange, String routingKey, String queue, String expected) {
		assertThat(RabbitDestination.ofDelivery(exchange, routingKey, queue)).isEqualTo(expected);
	}

	@Test
	void toleratesWhatADeliveryDoesNotTell() {
		assertThat(RabbitDestination.ofDelivery(null, null, null)).isEqualTo("amq.default");
		assertThat(RabbitDestination.ofDelivery(null, null, "audit")).isEqualTo("audit");
	}

	@ParameterizedTest
	@CsvSource({ "tasks.4711.created, tasks.*.created", "4711, *", "tasks.4711, tasks.*",
			"tasks.0f0b2c4e-5d1a-4a6f-9c1e-8b7a6d5c4b3a, tasks.*", "4711.created.12, *.created.*",
			"tasks.507f1f77bcf86cd799439011.created, tasks.*.created" })
	void foldsIdsInRoutingKeys(String routingKey, String expected) {
		assertThat(RabbitDestination.ofSend("events", routingKey)).isEqualTo("events:" + expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "tasks.created", "tasks.v2.created", "eu1.tasks", "face.added", ".", "a..b", "-",
			"decade-facade-facade", "order-service-queue1" })
	void keepsWordsThatAreNoIds(String routingKey) {
		assertThat(RabbitDestination.ofSend("events", routingKey)).isEqualTo("events:" + routingKey);
	}

}
