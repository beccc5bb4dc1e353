package io.hindspan.test.server;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class KafkaServerIntegrationTests {

	@Test
	void sharesOneServer() throws Exception {
		KafkaServer server = KafkaServer.shared();
		assertThat(KafkaServer.shared()).isSameAs(server);
		assertThat(roundTrip(server)).isEqualTo("value");
	}

	@Test
	void startsAndStopsAServerOfOnesOwn() throws Exception {
		int port = ServerEnvironment.claimPort(0);
		try (KafkaServer server = KafkaServer.start(port)) {
			assertThat(server.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
			assertThat(roundTrip(server)).isEqualTo("value");
			assertThat(ReachableFrom.otherMachines(port)).isEmpty();
			assertThatIllegalStateException().isThrownBy(() -> KafkaServer.start(port))
				.withMessageContaining("Port " + port + " of 127.0.0.1 is not free");
		}
		assertThat(ReachableFrom.answers(InetAddress.getByName("127.0.0.1"), port)).isFalse();
	}

	private static String roundTrip(KafkaServer server) throws Exception {
		String topic = "topic-" + UUID.randomUUID();
		Map<String, Object> client = Map.of("bootstrap.servers", server.bootstrapServers());
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(client, new StringSerializer(),
				new StringSerializer())) {
			ProducerRecord<String, String> message = new ProducerRecord<>(topic, "value");
			message.headers().add("header", "value".getBytes(StandardCharsets.UTF_8));
			producer.send(message).get(20, TimeUnit.SECONDS);
		}
		Map<String, Object> consumerClient = Map.of("bootstrap.servers", server.bootstrapServers(), "group.id", topic,
				"auto.offset.reset", "earliest");
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(consumerClient, new StringDeserializer(),
				new StringDeserializer())) {
			consumer.subscribe(List.of(topic));
			ConsumerRecord<String, String> received = consumer.poll(Duration.ofSeconds(20)).iterator().next();
			assertThat(received.headers().lastHeader("header").value()).asString().isEqualTo("value");
			return received.value();
		}
	}

}
