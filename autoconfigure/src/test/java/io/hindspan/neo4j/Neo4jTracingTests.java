package io.hindspan.neo4j;

import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.neo4j.bolt.connection.exception.BoltServiceUnavailableException;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Session;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for what the driver does where there is no server.
 */
class Neo4jTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	@AfterEach
	void stop() {
		this.receiver.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "bolt", "neo4j" })
	void serverThatIsDownIsAnErrorAndTheSameWhenOff(String scheme) {
		Throwable thrown = failure(scheme, "--hindspan.neo4j.enabled=true");
		RecordedTrace trace = this.receiver.awaitTrace((candidate) -> candidate.spans().size() >= 2);
		assertThat(trace).hasSpanCount(2);
		assertThat(trace.span("db.connection.acquire")).isChildOf(trace.span("root"))
			.hasKind(SpanKind.INTERNAL)
			.hasScope("io.hindspan.neo4j")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", BoltServiceUnavailableException.class.getName())
			.hasEvent("exception");
		this.receiver.reset();
		assertThat(failure(scheme, "--hindspan.neo4j.enabled=false")).hasSameClassAs(thrown)
			.hasMessage(thrown.getMessage());
		assertThat(this.receiver.awaitTrace((candidate) -> !candidate.spans("root").isEmpty()).spans())
			.noneMatch((span) -> span.scope().name().equals("io.hindspan.neo4j"));
	}

	private Throwable failure(String scheme, String feature) {
		try (ConfigurableApplicationContext context = TracedApplication.start(this.receiver, WebApplicationType.NONE,
				Application.class, "--hindspan.test.technologies=neo4j",
				"--spring.neo4j.uri=" + scheme + "://127.0.0.1:1", feature)) {
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			Observation.createNotStarted("root", registry).observe(() -> {
				try (Session session = context.getBean(Driver.class).session()) {
					assertThatThrownBy(() -> session.run("MATCH (t:Task) RETURN t")).satisfies(thrown::set);
				}
			});
			assertThat(registry.getCurrentObservation()).isNull();
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
			return thrown.get();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
