package io.hindspan;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CurrentSpan} and {@link CarrierPropagation}.
 */
class CurrentSpanTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static ObservationRegistry registry;

	private static CarrierPropagation propagation;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class);
		registry = context.getBean(ObservationRegistry.class);
		propagation = context.getBean(CarrierPropagation.class);
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

	@Test
	void attributesKeepTheirTypes() {
		inSpan(() -> {
			CurrentSpan.attribute("task.id", "17");
			CurrentSpan.attribute("task.priority", 3);
			CurrentSpan.attribute("task.effort", 1.5);
			CurrentSpan.attribute("task.done", true);
			CurrentSpan.attribute("task.labels", List.of("a", "b"));
			CurrentSpan.attribute("task.owner", (String) null);
		});
		assertThat(trace(1)).root()
			.hasAttribute("task.id", "17")
			.hasAttribute("task.priority", 3L)
			.hasAttribute("task.effort", 1.5)
			.hasAttribute("task.done", true)
			.hasAttribute("task.labels", List.of("a", "b"))
			.hasNoAttribute("task.owner");
	}

	@Test
	void eventsAndMilestonesAreTold() {
		inSpan(() -> {
			CurrentSpan.event("cache_miss", Map.of("cache.type", "permission", "cache.size", 7));
			CurrentSpan.event("plain");
			CurrentSpan.milestone("task_created");
		});
		assertThat(trace(1)).root()
			.hasEvent("cache_miss", Map.of("cache.type", "permission", "cache.size", 7L))
			.hasEvent("plain")
			.hasEvent("task_created", Map.of("hindspan.milestone", true));
	}

	@Test
	void expectedErrorHasStatusAndCategoryOnly() {
		inSpan(() -> CurrentSpan.expectedError("not_found", "no such task"));
		assertThat(trace(1)).root()
			.hasStatus(StatusCode.ERROR)
			.hasStatusMessage("no such task")
			.hasAttribute("error.type", "not_found")
			.hasAttribute("hindspan.error.category", "not_found")
			.hasNoEvents();
	}

	@Test
	void childRunsBeneathTheCurrentSpan() {
		inSpan(() -> {
			String result = CurrentSpan.child("validate", () -> {
				CurrentSpan.childRun("deeper", () -> CurrentSpan.attribute("depth", 2));
				return "done";
			});
			assertThat(result).isEqualTo("done");
		});
		assertThat(trace(3))
			.matchesTree(span("task").with(span("validate").with(span("deeper").attribute("depth", 2L))));
	}

	@Test
	void childPassesExceptionsOnAndTellsThemOnce() {
		IOException failure = new IOException("broken");
		Observation.createNotStarted("task", registry)
			.observe(() -> assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> CurrentSpan.childRun("read", () -> {
					throw failure;
				}))
				.isSameAs(failure));
		RecordedTrace trace = trace(2);
		assertThat(trace).span("read").hasStatus(StatusCode.ERROR).hasException(IOException.class);
		assertThat(trace).span("task").hasStatus(StatusCode.UNSET);
	}

	@Test
	void nothingHappensWhereNothingIsTraced() {
		CurrentSpan.attribute("task.id", "17");
		CurrentSpan.attribute("task.labels", List.of("a"));
		CurrentSpan.event("event", Map.of("a", 1));
		CurrentSpan.milestone("milestone");
		CurrentSpan.expectedError("validation", "wrong");
		assertThat(CurrentSpan.<String, RuntimeException>child("child", () -> {
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
			return "done";
		})).isEqualTo("done");
		Map<String, String> headers = new HashMap<>();
		propagation.inject(headers::put);
		assertThat(headers).isEmpty();
	}

	@Test
	void carrierContinuesTheTrace() {
		Map<String, String> headers = new HashMap<>();
		inSpan(() -> propagation.inject(headers::put));
		assertThat(headers).containsKey("traceparent");
		String result = propagation.continueFrom(headers::get, "process job", () -> {
			CurrentSpan.childRun("step", () -> {
			});
			return "done";
		});
		assertThat(result).isEqualTo("done");
		assertThat(Context.current()).isSameAs(Context.root());
		assertThat(trace(3)).matchesTree(span("task").with(span("process job", SpanKind.CONSUMER).with(span("step"))));
	}

	@Test
	void carrierWithoutATraceBeginsOne() {
		propagation.continueFrom((name) -> null, "process job", () -> "done");
		assertThat(trace(1)).root().hasName("process job").hasKind(SpanKind.CONSUMER);
	}

	private static void inSpan(Runnable work) {
		Observation.createNotStarted("task", registry).observe(work);
	}

	private static RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() >= spans);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
