package io.hindspan.test.server;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class AmqpServerIntegrationTests {

	@Test
	void sharesOneServer() throws Exception {
		AmqpServer server = AmqpServer.shared();
		assertThat(AmqpServer.shared()).isSameAs(server);
		assertThat(roundTrip(server)).isEqualTo("value");
	}

	@Test
	void startsAndStopsAServerOfOnesOwn() throws Exception {
		int port = ServerEnvironment.claimPort(0);
		try (AmqpServer server = AmqpServer.start(port)) {
			assertThat(server.port()).isEqualTo(port);
			assertThat(roundTrip(server)).isEqualTo("value");
			assertThat(ReachableFrom.otherMachines(port)).isEmpty();
			assertThatIllegalStateException().isThrownBy(() -> AmqpServer.start(port))
				.withMessageContaining("Port " + port + " of 127.0.0.1 is not free");
		}
		assertThat(ReachableFrom.answers(InetAddress.getByName("127.0.0.1"), port)).isFalse();
	}

	@Test
	void findsAFreePort() throws Exception {
		try (AmqpServer server = AmqpServer.start()) {
			assertThat(server.port()).isPositive();
			assertThat(roundTrip(server)).isEqualTo("value");
		}
	}

	private static String roundTrip(AmqpServer server) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setHost(server.host());
		factory.setPort(server.port());
		factory.setUsername(server.username());
		factory.setPassword(server.password());
		try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel()) {
			String queue = "queue-" + UUID.randomUUID();
			channel.queueDeclare(queue, true, false, false, Map.of());
			channel.confirmSelect();
			BasicProperties properties = new BasicProperties.Builder().headers(Map.of("header", "value")).build();
			channel.basicPublish("", queue, properties, "value".getBytes(StandardCharsets.UTF_8));
			channel.waitForConfirmsOrDie(20_000);
			GetResponse response = channel.basicGet(queue, true);
			assertThat(response.getProps().getHeaders().get("header")).hasToString("value");
			channel.queueDelete(queue);
			return new String(response.getBody(), StandardCharsets.UTF_8);
		}
	}

}
