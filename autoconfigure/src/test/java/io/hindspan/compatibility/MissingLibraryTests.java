package io.hindspan.compatibility;

import java.io.IOException;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for applications in which libraries that Hindspan can trace are not there: their
 * files are not on the class path.
 */
class MissingLibraryTests {

	private static final String[] CORE = { "spring-core-", "spring-context-7", "spring-beans-", "spring-aop-",
			"spring-expression-", "spring-boot-4", "spring-boot-autoconfigure-", "spring-boot-micrometer-observation-",
			"spring-boot-micrometer-tracing-", "spring-boot-opentelemetry-", "micrometer-commons-",
			"micrometer-observation-", "micrometer-tracing-", "context-propagation-", "opentelemetry-", "okhttp",
			"okio", "kotlin-", "slf4j-", "logback-", "log4j-", "jul-to-slf4j-", "jspecify-", "commons-logging-",
			"protobuf-" };

	/** Matched by name, so that what is not there can be excluded as well. */
	private static final String EXCLUDED = Excluded.argument(Excluded.DATA_SOURCE, Excluded.JPA, Excluded.SECURITY);

	@Test
	void nothingButTheStarterIsEnough() throws IOException {
		try (SeparateClassPath classPath = SeparateClassPath.withOnly(CORE)) {
			assertThat(classPath.run(StarterScenario.class)).containsEntry("type", "NONE")
				.containsEntry("span", "work");
		}
	}

	@Test
	void aspectsAreNotNeeded() throws IOException {
		Map<String, Object> facts = servlet("aspectj");
		assertThat(facts.get("features")).asString().doesNotContain("Observed");
	}

	@Test
	void reactorIsNotNeeded() throws IOException {
		Map<String, Object> facts = servlet("reactor", "spring-boot-reactor", "spring-boot-starter-reactor", "lettuce",
				"spring-webflux", "spring-boot-webflux", "spring-boot-webclient", "spring-data-redis",
				"spring-boot-data-redis", "spring-boot-netty");
		assertThat(facts.get("features")).asString().doesNotContain("WebClient", "WebFlux", "Redis");
	}

	@Test
	void servletsAreNotNeeded() throws IOException {
		try (SeparateClassPath classPath = SeparateClassPath.without("tomcat", "spring-boot-tomcat", "spring-webmvc",
				"spring-boot-webmvc", "spring-boot-servlet", "jakarta.servlet", "jetty", "spring-security",
				"spring-boot-security", "qpid", "spring-boot-web-server-test")) {
			Map<String, Object> facts = classPath.run(StarterScenario.class, EXCLUDED);
			assertThat(facts).containsEntry("type", "REACTIVE")
				.containsEntry("span", "work")
				.containsEntry("status", 404)
				.containsEntry("traced", true);
			assertThat(facts.get("features")).asString().contains("WebFlux").doesNotContain("WebMvc", "Security");
		}
	}

	@Test
	void restClientAndSecurityAreNotNeeded() throws IOException {
		Map<String, Object> facts = servlet("spring-boot-restclient", "spring-boot-security", "spring-security");
		assertThat(facts.get("features")).asString().contains("WebMvc").doesNotContain("Security");
	}

	@Test
	void actuatorAndMetersAreNotNeeded() throws IOException {
		servlet("spring-boot-actuator", "spring-boot-starter-actuator", "spring-boot-health",
				"spring-boot-micrometer-metrics", "micrometer-core", "micrometer-registry", "micrometer-jakarta9",
				"prometheus", "HdrHistogram", "LatencyUtils");
	}

	@Test
	void databasesAndBrokersAreNotNeeded() throws IOException {
		Map<String, Object> facts = servlet("spring-jdbc", "spring-boot-jdbc", "spring-tx", "spring-orm",
				"spring-boot-transaction", "spring-data", "spring-boot-data", "spring-boot-hibernate", "hibernate",
				"spring-boot-jpa", "HikariCP", "h2-", "postgresql", "mysql", "mariadb", "spring-kafka",
				"spring-boot-kafka", "kafka", "spring-rabbit", "spring-amqp", "spring-boot-amqp", "amqp-client",
				"lettuce", "spring-boot-persistence", "spring-boot-sql", "spring-batch", "spring-boot-batch", "quartz",
				"spring-boot-quartz", "neo4j");
		assertThat(facts.get("features")).asString()
			.doesNotContain("Jdbc", "Kafka", "Rabbit", "Redis", "Batch", "Quartz", "Neo4j");
	}

	@Test
	void remoteCallsAreNotNeeded() throws IOException {
		Map<String, Object> facts = servlet("grpc-", "spring-grpc", "spring-boot-grpc", "spring-boot-starter-grpc",
				"s3-", "s3proxy", "aws-", "sdk-core", "http-auth", "spring-websocket", "spring-boot-websocket",
				"graphql-java", "spring-graphql", "spring-boot-graphql", "feign-", "spring-cloud", "spring-integration",
				"spring-boot-integration");
		assertThat(facts.get("features")).asString().doesNotContain("Grpc", "S3", "WebSocket", "Feign", "Gateway");
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc-netty", "grpc-stub", "grpc-" })
	void strategiesByGrpcWithoutItsLibraryTellTheRemedy(String library) throws IOException {
		try (SeparateClassPath classPath = SeparateClassPath.without(library, "spring-grpc", "spring-boot-grpc")) {
			assertThatThrownBy(() -> classPath.run(StarterScenario.class, EXCLUDED,
					"--hindspan.sampling.strategies.url=grpc://localhost:14250"))
				.rootCause()
				.hasMessageContaining("hindspan.sampling.strategies.url")
				.hasMessageContaining("grpc://localhost:14250")
				.hasMessageContaining("org.springframework.boot:spring-boot-starter-grpc-client");
		}
	}

	@Test
	void apacheHttpClientIsNotNeeded() throws IOException {
		Map<String, Object> facts = servlet("httpclient5", "httpcore5");
		assertThat(facts.get("features")).asString().contains("RestClient").doesNotContain("HttpRetry");
	}

	private static Map<String, Object> servlet(String... without) throws IOException {
		try (SeparateClassPath classPath = SeparateClassPath.without(without)) {
			Map<String, Object> facts = classPath.run(StarterScenario.class, EXCLUDED);
			assertThat(facts).containsEntry("type", "SERVLET")
				.containsEntry("span", "work")
				.containsEntry("status", 404)
				.containsEntry("traced", true);
			return facts;
		}
	}

}
