package io.hindspan.sampling.tail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.CarrierPropagation;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for traces that are kept in hindsight.
 */
class TailSamplingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(String... args) {
		String[] all = new String[args.length + 1];
		System.arraycopy(args, 0, all, 0, args.length);
		all[args.length] = "--management.tracing.sampling.probability=0";
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, all);
	}

	@Test
	void traceWithAnErrorIsKept() {
		start();
		observe("healthy", () -> observe("child", () -> {
		}));
		assertThatIllegalStateException().isThrownBy(() -> observe("failing", () -> {
			observe("before", () -> {
			});
			observe("child", () -> {
				throw new IllegalStateException("broken");
			});
		}));
		RecordedSpan root = this.receiver.awaitSpan((span) -> span.name().equals("failing"));
		RecordedTrace trace = this.receiver.awaitTrace(root.traceId(), 3);
		assertThat(trace).matchesTree(span("failing").attribute("sampling.reason", "error")
			.with(span("before"), span("child").status(StatusCode.ERROR)));
		assertThat(this.receiver.spans()).hasSize(3);
	}

	@Test
	void largeTraceIsHandedOnWhole() {
		start("--hindspan.sampling.max-repeated-spans=0", "--hindspan.sampling.tail.slow-threshold=1h");
		assertThatIllegalStateException().isThrownBy(() -> observe("failing", () -> {
			for (int i = 0; i < 8000; i++) {
				observe("child", () -> {
				});
			}
			throw new IllegalStateException("broken");
		}));
		RecordedSpan root = this.receiver.awaitSpan((span) -> span.name().equals("failing"));
		assertThat(this.receiver.awaitTrace(root.traceId(), 8001).spans()).hasSize(8001);
	}

	@Test
	void slowTraceIsKept() {
		start("--hindspan.sampling.tail.slow-threshold=1ns");
		observe("slow", () -> observe("child", () -> {
		}));
		RecordedSpan root = this.receiver.awaitSpan((span) -> span.name().equals("slow"));
		assertThat(this.receiver.awaitTrace(root.traceId(), 2))
			.matchesTree(span("slow").attribute("sampling.reason", "slow").with(span("child")));
	}

	@Test
	void spansOfOpenTelemetrysApiBelongToTheDecision() {
		start();
		Tracer tracer = this.context.getBean(OpenTelemetry.class).getTracer("test");
		Span root = tracer.spanBuilder("root").startSpan();
		try (Scope scope = root.makeCurrent()) {
			tracer.spanBuilder("child").startSpan().end();
			assertThatIllegalStateException().isThrownBy(() -> observe("failing", () -> {
				throw new IllegalStateException("broken");
			}));
		}
		root.end();
		assertThat(this.receiver.awaitTrace(root.getSpanContext().getTraceId(), 3))
			.matchesTree(span("root").with(span("child"), span("failing").status(StatusCode.ERROR)));
	}

	@Test
	void whatIsSentAfterAnErrorIsToldToBeSampled() {
		start();
		CarrierPropagation propagation = this.context.getBean(CarrierPropagation.class);
		List<String> sent = new ArrayList<>();
		observe("root", () -> {
			sent.add(traceparent(propagation));
			assertThatIllegalStateException().isThrownBy(() -> observe("failing", () -> {
				throw new IllegalStateException("broken");
			}));
			sent.add(traceparent(propagation));
		});
		assertThat(sent.get(0)).matches(".*-0[02]");
		assertThat(sent.get(1)).matches(".*-0[13]");
		assertThat(sent.get(1)).startsWith(sent.get(0).substring(0, 53));
	}

	private static String traceparent(CarrierPropagation propagation) {
		Map<String, String> headers = new HashMap<>();
		propagation.inject(headers::put);
		return headers.get("traceparent");
	}

	@Test
	void policyOfTheApplicationKeepsWhatItWants() {
		start("--test.policy=true");
		observe("other", () -> {
		});
		observe("wanted", () -> {
		});
		RecordedSpan root = this.receiver.awaitSpan((span) -> span.name().equals("wanted"));
		assertThat(root).hasAttribute("sampling.reason", "own");
		assertThat(this.receiver.spans()).hasSize(1);
	}

	@Test
	void routeMayTakeItsTime() {
		start("--hindspan.sampling.tail.slow-threshold=1ns", "--hindspan.sampling.tail.slow[0].route=report *",
				"--hindspan.sampling.tail.slow[0].threshold=1h");
		observe("report daily", () -> {
		});
		observe("other", () -> {
		});
		this.receiver.awaitSpan((span) -> span.name().equals("other"));
		assertThat(this.receiver.spans()).hasSize(1);
	}

	@Test
	void attributeKeepsTheTrace() {
		start("--hindspan.sampling.tail.keep[0].attribute=plan", "--hindspan.sampling.tail.keep[0].value=paid*",
				"--hindspan.sampling.tail.keep[1].attribute=vip");
		Tracer tracer = this.context.getBean(OpenTelemetry.class).getTracer("test");
		tracer.spanBuilder("free").setAttribute("plan", "free").startSpan().end();
		tracer.spanBuilder("paid").setAttribute("plan", "paid yearly").startSpan().end();
		tracer.spanBuilder("vip").setAttribute("vip", true).startSpan().end();
		assertThat(this.receiver.awaitSpans(2)).extracting(RecordedSpan::name).containsExactlyInAnyOrder("paid", "vip");
	}

	@Test
	void attributeOfAFoldedSpanKeepsTheTrace() {
		start("--hindspan.sampling.max-repeated-spans=2", "--hindspan.sampling.tail.keep[0].attribute=vip");
		Tracer tracer = this.context.getBean(OpenTelemetry.class).getTracer("test");
		Span root = tracer.spanBuilder("root").startSpan();
		try (Scope scope = root.makeCurrent()) {
			for (int i = 0; i < 10; i++) {
				tracer.spanBuilder("order").setAttribute((i == 5) ? "vip" : "id", true).startSpan().end();
			}
		}
		root.end();
		assertThat(this.receiver.awaitSpan((span) -> span.name().equals("root"))).hasAttribute("sampling.reason",
				"attribute");
	}

	@ParameterizedTest
	@ValueSource(strings = { "slow-threshold", "decision-wait", "slow[0].threshold" })
	void durationMayBeAsGoodAsNever(String property) {
		start("--hindspan.sampling.tail.slow[0].route=report *", "--hindspan.sampling.tail.slow[0].threshold=1h",
				"--hindspan.sampling.tail." + property + "=1000000d");
		assertThatIllegalStateException().isThrownBy(() -> observe("failing", () -> {
			throw new IllegalStateException("broken");
		}));
		this.receiver.awaitSpan((span) -> span.name().equals("failing"));
	}

	@Test
	void nothingIsRecordedWhenOff() {
		start("--hindspan.sampling.tail.enabled=false");
		observe("root", () -> assertThat(Span.current().isRecording()).isFalse());
		assertThat(this.context.getBeanProvider(TailSamplingProcessor.class).getIfAvailable()).isNull();
	}

	@Test
	void nothingWaitsWhereUnsampledSpansAreExportedAnyway() {
		start("--management.opentelemetry.tracing.export.include-unsampled=true");
		assertThat(this.context.getBeanProvider(TailSamplingProcessor.class).getIfAvailable()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "slow-threshold, 0s", "decision-wait, -1s", "max-buffer-size, 0B" })
	void sizeThatIsNoneFailsTheStart(String property, String value) {
		assertThatException().isThrownBy(() -> start("--hindspan.sampling.tail." + property + "=" + value))
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo("hindspan.sampling.tail." + property);
				assertThat(ex.getReason()).startsWith("Set it to a positive");
			});
	}

	private void observe(String name, Runnable work) {
		Observation.createNotStarted(name, this.context.getBean(ObservationRegistry.class)).observe(work);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@ConditionalOnBooleanProperty("test.policy")
		TailPolicy ownPolicy() {
			return (span, localRoot) -> span.getName().equals("wanted") ? "own" : null;
		}

	}

}
