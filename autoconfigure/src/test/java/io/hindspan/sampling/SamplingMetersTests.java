package io.hindspan.sampling;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the meters of sampling.
 */
class SamplingMetersTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private MeterRegistry meters;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private void start(String... args) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, args);
		this.meters = this.context.getBean(MeterRegistry.class);
	}

	@Test
	void decisionsAreCounted() {
		start("--management.tracing.sampling.probability=0", "--hindspan.sampling.rules[0].name=wanted",
				"--hindspan.sampling.rules[0].probability=1", "--hindspan.sampling.tail.keep[0].attribute=plan");
		observe("wanted", () -> {
		});
		observe("healthy", () -> observe("child", () -> {
		}));
		observe("paid", () -> Span.current().setAttribute("plan", "yearly"));
		assertThatIllegalStateException().isThrownBy(() -> observe("failing", () -> {
			throw new IllegalStateException("broken");
		}));
		assertThat(traces("hindspan.sampling.traces", "sampled", "rule")).isEqualTo(1);
		assertThat(traces("hindspan.sampling.traces", "unsampled", "none")).isEqualTo(3);
		assertThat(traces("hindspan.sampling.tail.traces", "kept", "error")).isEqualTo(1);
		assertThat(traces("hindspan.sampling.tail.traces", "kept", "attribute")).isEqualTo(1);
		assertThat(traces("hindspan.sampling.tail.traces", "kept", "slow")).isZero();
		assertThat(traces("hindspan.sampling.tail.traces", "dropped", "none")).isEqualTo(1);
		assertThat(this.meters.get("hindspan.sampling.tail.buffer.size").gauge().value()).isZero();
		assertThat(this.meters.get("hindspan.sampling.probability").gauge().value()).isZero();
	}

	@Test
	void bufferShowsWhatWaits() {
		start("--management.tracing.sampling.probability=0");
		observe("root", () -> {
			observe("child", () -> {
			});
			assertThat(this.meters.get("hindspan.sampling.tail.buffer.spans").gauge().value()).isEqualTo(1);
			assertThat(this.meters.get("hindspan.sampling.tail.buffer.size").gauge().value()).isGreaterThan(100);
		});
		assertThat(this.meters.get("hindspan.sampling.tail.buffer.spans").gauge().value()).isZero();
	}

	private double traces(String name, String decision, String reason) {
		return this.meters.get(name).tag("decision", decision).tag("reason", reason).functionCounter().count();
	}

	private void observe(String name, Runnable work) {
		Observation.createNotStarted(name, this.context.getBean(ObservationRegistry.class)).observe(work);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry simpleMeterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
