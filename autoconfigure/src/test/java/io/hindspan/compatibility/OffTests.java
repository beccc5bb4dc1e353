package io.hindspan.compatibility;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares an application in plain Spring Boot with the same one under Hindspan, turned
 * off and on. In plain Spring Boot Hindspan's classes are not on the class path.
 */
class OffTests {

	private static final List<String> CHANGED = List.of(" task.work ", " task.work.active ", " spring.kafka.template ",
			"hindspan.", " otel.sdk.exporter.span.");

	private static final List<String> API = List.of("carrierPropagation", "untracedAwsClients", "untracedGrpc",
			"untracedKafkaBatches", "untracedOutbox", "untracedRabbitBatches", "untracedRestClients",
			"untracedWebClients");

	private static Map<String, Object> plain;

	private static Map<String, Object> off;

	private static Map<String, Object> on;

	@BeforeAll
	static void run() throws IOException {
		try (SeparateClassPath classPath = SeparateClassPath.withoutHindspan()) {
			plain = classPath.run(BehaviourScenario.class, "--management.tracing.sampling.probability=1");
		}
		try (SeparateClassPath classPath = SeparateClassPath.whole()) {
			off = classPath.run(BehaviourScenario.class, "--management.tracing.sampling.probability=1",
					"--hindspan.enabled=false");
		}
		try (SeparateClassPath classPath = SeparateClassPath.whole()) {
			on = classPath.run(BehaviourScenario.class, "--management.tracing.sampling.probability=1");
		}
	}

	@Test
	void nothingButTheApiIsCreatedWhenOff() {
		assertThat((List<?>) off.get("types of Hindspan")).map(Object::toString)
			.containsExactlyInAnyOrder("class io.hindspan.HindspanApiAutoConfiguration",
					"class io.hindspan.CarrierPropagation", "class io.hindspan.grpc.GrpcApiAutoConfiguration",
					"class io.hindspan.grpc.GrpcTracing", "class io.hindspan.httpclient.RestClientApiAutoConfiguration",
					"class io.hindspan.httpclient.RestClientTracing",
					"class io.hindspan.httpclient.WebClientApiAutoConfiguration",
					"class io.hindspan.httpclient.WebClientTracing",
					"class io.hindspan.kafka.KafkaApiAutoConfiguration", "class io.hindspan.kafka.KafkaBatchTracing",
					"class io.hindspan.outbox.OutboxTracingAutoConfiguration", "class io.hindspan.outbox.OutboxTracing",
					"class io.hindspan.rabbit.RabbitApiAutoConfiguration",
					"class io.hindspan.rabbit.RabbitBatchTracing", "class io.hindspan.s3.S3ApiAutoConfiguration",
					"class io.hindspan.s3.AwsClientTracing");
		assertThat((List<?>) off.get("beans")).map(Object::toString)
			.filteredOn((name) -> !(name.startsWith("io.hindspan.") && name.endsWith("AutoConfiguration")))
			.containsExactlyInAnyOrderElementsOf(Stream.concat(((List<?>) plain.get("beans")).stream(), API.stream())
				.map(Object::toString)
				.toList());
		assertThat(off.get("defaults")).isEqualTo(plain.get("defaults"));
		assertThat(off.get("property sources")).isEqualTo(plain.get("property sources"));
	}

	@Test
	void propagationIsThatOfPlainSpringBootWhenOff() {
		assertThat(off.get("response headers")).isEqualTo(plain.get("response headers"));
		assertThat(off.get("headers sent")).isEqualTo(plain.get("headers sent"));
		assertThat(off.get("spans")).isEqualTo(plain.get("spans"));
	}

	@Test
	void logIsThatOfPlainSpringBootWhenOff() {
		assertThat(off.get("mdc")).isEqualTo(plain.get("mdc"));
		assertThat(off.get("log")).isEqualTo(plain.get("log"));
	}

	@Test
	void metersAreThoseOfPlainSpringBootWhenOff() {
		assertThat(off.get("meters")).isEqualTo(plain.get("meters"));
	}

	/**
	 * But for Hindspan's own, and the two that the README names: {@code @Observed} works
	 * without setup and comes with its meters, and an observed template of Kafka has the
	 * timer of its observations in the place of the one without.
	 */
	@Test
	void metersAreThoseOfPlainSpringBootWhenOn() {
		assertThat(meters(on)).isEqualTo(meters(plain));
	}

	@Test
	void logIsThatOfPlainSpringBootWhenOn() {
		assertThat(on.get("mdc")).isEqualTo(plain.get("mdc"));
		assertThat(on.get("log")).isEqualTo(plain.get("log"));
	}

	@Test
	void comparisonSeesWhatHindspanDoes() {
		assertThat(on.get("types of Hindspan")).isNotEqualTo(List.of());
		assertThat(on.get("defaults")).isNotEqualTo(plain.get("defaults"));
		assertThat(on.get("response headers")).asString().contains("x-trace-id");
		assertThat(plain.get("response headers")).asString().doesNotContain("x-trace-id");
		assertThat(plain.get("mdc")).asString().contains(BehaviourScenario.TRACE_ID);
		assertThat(plain.get("headers sent")).asString().contains(BehaviourScenario.TRACE_ID);
	}

	@SuppressWarnings("unchecked")
	private static List<String> meters(Map<String, Object> facts) {
		return ((List<String>) facts.get("meters")).stream()
			.filter((meter) -> CHANGED.stream().noneMatch(meter::contains))
			.toList();
	}

}
