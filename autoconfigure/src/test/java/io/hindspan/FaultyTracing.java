package io.hindspan;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Tracing that fails where it is told to, as a processor of the application's own may.
 */
public final class FaultyTracing implements SpanProcessor {

	private volatile boolean startFails;

	private volatile boolean endFails;

	/**
	 * Lets no span be started from now on.
	 */
	public void failAtStart() {
		this.startFails = true;
	}

	/**
	 * Lets no span be ended from now on.
	 */
	public void failAtEnd() {
		this.endFails = true;
	}

	/**
	 * Makes contexts that trace with this.
	 * @return the runner
	 */
	public ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
					OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
					MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class))
			.withPropertyValues("management.tracing.sampling.probability=1")
			.withBean("faultyTracing", SpanProcessor.class, () -> this);
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		if (this.startFails) {
			throw new IllegalStateException("A span cannot be started");
		}
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		if (this.endFails) {
			throw new IllegalStateException("A span cannot be ended");
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

}
