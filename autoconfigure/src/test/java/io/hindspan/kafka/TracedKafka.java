package io.hindspan.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.KafkaTemplate;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.server.KafkaServer;

/**
 * Starts applications with a broker, and sends to it in a trace.
 */
final class TracedKafka {

	private TracedKafka() {
	}

	static ConfigurableApplicationContext start(OtlpReceiver receiver, Class<?> source, String... args) {
		List<String> all = new ArrayList<>();
		all.add("--spring.kafka.bootstrap-servers=" + KafkaServer.shared().bootstrapServers());
		all.add("--spring.kafka.consumer.auto-offset-reset=earliest");
		all.add("--spring.kafka.consumer.group-id=" + UUID.randomUUID());
		all.add("--spring.kafka.consumer.properties.metadata.max.age.ms=500");
		all.add(CountedAdmins.PROPERTY);
		all.addAll(List.of(args));
		return TracedApplication.start(receiver, WebApplicationType.NONE, source, all.toArray(String[]::new));
	}

	/**
	 * Does something in a trace.
	 * @return the trace's id
	 */
	static String inTrace(ConfigurableApplicationContext context, Supplier<?> work) {
		return Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(() -> {
			work.get();
			return Span.current().getSpanContext().getTraceId();
		});
	}

	@SuppressWarnings("unchecked")
	static KafkaTemplate<Object, Object> template(ConfigurableApplicationContext context) {
		return context.getBean("kafkaTemplate", KafkaTemplate.class);
	}

}
