package io.hindspan.outbox;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link OutboxTracing}.
 */
class OutboxTracingTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static OutboxTracing outbox;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class,
				"--management.tracing.baggage.remote-fields=tenant");
		outbox = context.getBean(OutboxTracing.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	private static void observed(String name, Runnable work) {
		Observation.createNotStarted(name, context.getBean(ObservationRegistry.class)).observe(work);
	}

	@Test
	void relayGoesOnWithTheTraceOfTheRow() {
		String[] row = new String[1];
		observed("request", () -> row[0] = outbox.capture());
		observed("poll", () -> outbox.relayRun(row[0], "relay event", () -> observed("send", () -> {
		})));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() == 3);
		assertThat(trace).matchesTree(span("request").with(span("relay event").with(span("send"))));
		RecordedSpan relay = trace.span("relay event");
		RecordedSpan poll = receiver.awaitSpan((span) -> span.name().equals("poll"));
		assertThat(relay).hasKind(SpanKind.CONSUMER).hasStatus(StatusCode.UNSET);
		assertThat(relay.scope().name()).isEqualTo("io.hindspan.outbox");
		assertThat(relay.links()).singleElement()
			.satisfies((link) -> assertThat(link.spanId()).isEqualTo(poll.spanId()));
		assertThat(poll.traceId()).isNotEqualTo(trace.traceId());
	}

	@Test
	void relayReturnsAndThrowsWhatTheWorkDoes() {
		assertThat(outbox.<String, RuntimeException>relay(null, "relay event", () -> "sent")).isEqualTo("sent");
		assertThatIOException().isThrownBy(() -> outbox.relay(null, "relay event", () -> {
			throw new IOException("down");
		})).withMessage("down");
		assertThat(receiver.awaitSpan(RecordedSpan::isError)).hasName("relay event")
			.hasAttribute("error.type", "java.io.IOException");
		assertThat(Span.current()).isSameAs(Span.getInvalid());
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "nonsense", "traceparent=00-1-2-3", "=\n=\n", "{\"traceparent\":1}" })
	void rowThatTellsNoTraceIsRelayedInThatOfTheJob(@Nullable String row) {
		observed("poll", () -> outbox.relay(row, "relay event", () -> null));
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() == 2);
		assertThat(trace).matchesTree(span("poll").with(span("relay event")));
		assertThat(trace.span("relay event").links()).isEmpty();
	}

	@Test
	void baggageIsStoredWhereItFits() {
		observed("request", () -> {
			assertThat(captureWithTenant("acme")).contains("baggage=tenant=acme").startsWith("traceparent=00-");
			assertThat(captureWithTenant("a".repeat(300))).startsWith("traceparent=00-")
				.doesNotContain("baggage")
				.hasSizeLessThanOrEqualTo(255);
		});
	}

	private static @Nullable String captureWithTenant(String tenant) {
		try (Scope scope = Context.current()
			.with(Baggage.current().toBuilder().put("tenant", tenant).build())
			.makeCurrent()) {
			return outbox.capture();
		}
	}

	@Test
	void rowIsRelayedWhereItsContextCannotBeRead() {
		try (ConfigurableApplicationContext broken = TracedApplication.start(receiver, WebApplicationType.NONE,
				BrokenApplication.class)) {
			assertThat(broken.getBean(OutboxTracing.class)
				.<String, RuntimeException>relay("traceparent=x", "relay event", () -> "sent")).isEqualTo("sent");
		}
	}

	@Test
	void nothingIsStoredWhereNothingIsTraced() {
		assertThat(outbox.capture()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "hindspan.enabled", "hindspan.outbox.enabled" })
	void outboxWorksWithoutTracing(String property) {
		try (ConfigurableApplicationContext off = TracedApplication.start(receiver, WebApplicationType.NONE,
				Application.class, "--" + property + "=false")) {
			OutboxTracing untraced = off.getBean(OutboxTracing.class);
			assertThat(untraced.capture()).isNull();
			assertThat(untraced.<String, RuntimeException>relay("traceparent=x", "relay event", () -> "sent"))
				.isEqualTo("sent");
		}
	}

	@Test
	void columnThatIsTooShortFailsTheStart() {
		assertThatException()
			.isThrownBy(() -> TracedApplication.start(receiver, WebApplicationType.NONE, Application.class,
					"--hindspan.outbox.max-length=20"))
			.havingRootCause()
			.withMessageContaining("hindspan.outbox.max-length");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class BrokenApplication {

		@Bean
		ContextPropagators brokenPropagators() {
			return ContextPropagators.create(new BrokenPropagator());
		}

	}

	static final class BrokenPropagator implements TextMapPropagator {

		@Override
		public Collection<String> fields() {
			return List.of();
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			throw new IllegalStateException("broken");
		}

	}

}
