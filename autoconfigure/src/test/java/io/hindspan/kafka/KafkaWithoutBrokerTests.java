package io.hindspan.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for an application whose broker is not there: tracing asks it for nothing that
 * the application does not ask for itself.
 */
class KafkaWithoutBrokerTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@BeforeEach
	void reset() {
		CountedAdmins.COUNT.set(0);
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private KafkaTemplate<?, ?> start(Class<?> source, String... args) throws IOException {
		String nobody;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			nobody = "127.0.0.1:" + socket.getLocalPort();
		}
		String[] all = new String[args.length + 5];
		all[0] = "--spring.kafka.bootstrap-servers=" + nobody;
		all[1] = "--spring.kafka.producer.properties.max.block.ms=50";
		all[2] = "--spring.kafka.consumer.group-id=tasks";
		all[3] = "--spring.kafka.admin.operation-timeout=1s";
		all[4] = CountedAdmins.PROPERTY;
		System.arraycopy(args, 0, all, 5, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, source, all);
		return this.context.getBean(KafkaTemplate.class);
	}

	@Test
	void firstSendMakesNoAdminClient() throws IOException {
		sendFails(start(SpringBootsBeans.class));
		assertThat(CountedAdmins.COUNT).hasValue(0);
		assertThat(this.receiver.awaitTrace((trace) -> true)).root()
			.hasName("tasks.created publish")
			.hasKind(SpanKind.PRODUCER)
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", TimeoutException.class.getName());
	}

	@Test
	void firstSendOfTheApplicationsOwnTemplateMakesNoAdminClient() throws IOException {
		sendFails(start(OwnBeans.class));
		assertThat(CountedAdmins.COUNT).hasValue(0);
		assertThat(this.receiver.awaitTrace((trace) -> true)).root().hasName("tasks.created publish");
	}

	@Test
	void theSameHoldsWhereTheApplicationTurnedObservationOn() throws IOException {
		sendFails(start(SpringBootsBeans.class, "--spring.kafka.template.observation-enabled=true",
				"--spring.kafka.listener.observation-enabled=true"));
		assertThat(CountedAdmins.COUNT).hasValue(0);
	}

	@Test
	void plainSpringBootMakesOne() throws IOException {
		sendFails(start(SpringBootsBeans.class, "--spring.kafka.template.observation-enabled=true",
				"--hindspan.kafka.enabled=false"));
		assertThat(CountedAdmins.COUNT).hasPositiveValue();
	}

	@SuppressWarnings("unchecked")
	private void sendFails(KafkaTemplate<?, ?> template) {
		assertThatExceptionOfType(KafkaException.class)
			.isThrownBy(() -> ((KafkaTemplate<Object, Object>) template).send("tasks.created", "value"))
			.withRootCauseInstanceOf(TimeoutException.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class SpringBootsBeans {

		@KafkaListener(topics = "tasks.created")
		void process(String task) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans extends SpringBootsBeans {

		@Bean
		KafkaTemplate<Object, Object> ownTemplate(ProducerFactory<Object, Object> producerFactory) {
			return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(producerFactory.getConfigurationProperties()));
		}

	}

}
