package io.hindspan.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the span pipeline and the console exporter.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExportTests {

	private static final String NO_ENDPOINT = "--management.tracing.export.otlp.enabled=false";

	private static final String NOWHERE = "No span leaves this application";

	@Test
	void batchOf512SpansIsOneResourceInOneRequest() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class,
						"--management.opentelemetry.tracing.export.schedule-delay=1h")) {
			for (int i = 0; i < 512; i++) {
				observe(context, "task");
			}
			receiver.awaitSpans(512);
			assertThat(receiver.requests()).hasSize(1)
				.first()
				.satisfies((request) -> assertThat(request.resourceSpans()).hasSize(1));
		}
	}

	@Test
	void spansAreFlushedWhenTheApplicationCloses() {
		try (OtlpReceiver receiver = OtlpReceiver.start()) {
			try (ConfigurableApplicationContext context = start(receiver, Empty.class,
					"--management.opentelemetry.tracing.export.schedule-delay=1h")) {
				observe(context, "last");
			}
			assertThat(receiver.spans()).extracting("name").containsExactly("last");
		}
	}

	@Test
	void batchProcessorOfTheApplicationIsKept() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, OwnProcessor.class)) {
			assertThat(context.getBean(BatchSpanProcessor.class)).isSameAs(context.getBean("ownProcessor"));
		}
	}

	@Test
	void consolePrintsTheTraceAsATree(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class, NO_ENDPOINT)) {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			Observation.createNotStarted("create", registry).observe(() -> {
				observe(context, "validate");
				Observation store = Observation.start("store", registry);
				store.error(new IllegalStateException("disk full"));
				store.stop();
			});
		}
		assertThat(output.toString()).containsPattern("""
				Trace [0-9a-f]{32}
				└─ create \\([0-9.]+ms\\)
				   ├─ validate \\([0-9.]+ms\\)
				   └─ store \\([0-9.]+ms\\) ─ ERROR java.lang.IllegalStateException: disk full""");
		assertThat(output.toString()).doesNotContain(NOWHERE);
	}

	@Test
	void deepTraceIsPrintedToABound(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class, NO_ENDPOINT,
						"--hindspan.sampling.max-repeated-spans=0")) {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			List<Observation.Scope> scopes = new ArrayList<>();
			for (int depth = 1; depth <= 120; depth++) {
				scopes.add(Observation.start("level-" + depth, registry).openScope());
			}
			Collections.reverse(scopes);
			scopes.forEach((scope) -> {
				scope.close();
				scope.getCurrentObservation().stop();
			});
		}
		assertThat(output.toString()).contains("└─ level-100 ")
			.contains("└─ … deeper spans are left out")
			.doesNotContain("└─ level-101 ");
	}

	@Test
	void largeTracesAndSpansAreRemarkedOnceInDevelopment(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class)) {
			large(context, 60, 16);
			large(context, 60, 16);
			receiver.awaitSpans(122);
		}
		assertThat(output.toString()).containsOnlyOnce("of \"large\" has 61 spans")
			.containsOnlyOnce("A span \"large\" has 16 attributes of the application: task.");
	}

	@Test
	void traceAndSpanInTheLimitsAreNotRemarked(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class)) {
			large(context, 49, 15);
			receiver.awaitSpans(50);
		}
		assertThat(output.toString()).doesNotContain("hard to read");
	}

	@Test
	void productionIsToldNothingOfSizes(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class,
						"--hindspan.environment=production", "--management.tracing.sampling.probability=1.0")) {
			large(context, 60, 16);
			receiver.awaitSpans(61);
		}
		assertThat(output.toString()).doesNotContain("hard to read");
	}

	@Test
	void missingExporterIsSaidOnce(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class, NO_ENDPOINT,
						"--hindspan.environment=production")) {
			observe(context, "task");
		}
		assertThat(output.toString()).containsOnlyOnce(NOWHERE)
			.contains("management.opentelemetry.tracing.export.otlp.endpoint")
			.contains("hindspan.export.console.enabled=true");
	}

	@Test
	void consoleIsBesideOtherExportersOnDemand(CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class,
						"--hindspan.export.console.enabled=true")) {
			observe(context, "both");
			receiver.awaitSpans(1);
		}
		assertThat(output.toString()).contains("└─ both");
	}

	@Test
	void isOffByProperty() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class,
						"--hindspan.export.enabled=false")) {
			assertThat(context.getBeansOfType(SpanPipeline.class)).isEmpty();
			assertThat(context.getBeansOfType(BatchSpanProcessor.class)).containsOnlyKeys("otelSpanProcessor");
		}
	}

	@Test
	void isAbsentWhereOpenTelemetryIsOff() {
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = start(receiver, Empty.class,
						"--management.opentelemetry.enabled=false")) {
			assertThat(context.getBeansOfType(BatchSpanProcessor.class)).isEmpty();
			observe(context, "task");
		}
	}

	private static ConfigurableApplicationContext start(OtlpReceiver receiver, Class<?> source, String... args) {
		return TracedApplication.start(receiver, WebApplicationType.NONE, source, args);
	}

	/**
	 * A trace of a span with attributes of its own, beside some that the conventions
	 * name, and children.
	 */
	private static void large(ConfigurableApplicationContext context, int children, int attributes) {
		Observation large = Observation.start("large", context.getBean(ObservationRegistry.class));
		for (String name : List.of("http.route", "url.path", "server.address", "db.system.name",
				"code.function.name")) {
			large.highCardinalityKeyValue(name, "value");
		}
		for (int i = 0; i < attributes; i++) {
			large.highCardinalityKeyValue("task." + i, "value");
		}
		try (Observation.Scope scope = large.openScope()) {
			for (int i = 0; i < children; i++) {
				observe(context, "child-" + i);
			}
		}
		large.stop();
	}

	private static void observe(ConfigurableApplicationContext context, String name) {
		Observation.createNotStarted(name, context.getBean(ObservationRegistry.class)).observe(() -> {
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnProcessor {

		@Bean
		BatchSpanProcessor ownProcessor() {
			return BatchSpanProcessor.builder(SpanExporter.composite()).build();
		}

	}

}
