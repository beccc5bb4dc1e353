package io.hindspan.export;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of export. Where to send spans by OTLP is said by Spring Boot's own
 * {@code management.opentelemetry.tracing.export.*}.
 *
 * @param enabled whether Hindspan's span pipeline takes the place of Spring Boot's
 * @param console the console exporter
 * @param maxQueueSize how many spans may wait for each target; beyond them the oldest are
 * given up
 * @param shutdownTimeout how long what waits is still sent when the application ends
 * @param targets further targets by name, beside the one that Spring Boot's properties
 * configure
 * @param retry when a batch is sent again that a target could not take
 * @param spool where batches wait on disk
 */
@ConfigurationProperties("hindspan.export")
record ExportProperties(@DefaultValue("true") boolean enabled, @DefaultValue Console console,
		@DefaultValue("16384") int maxQueueSize, @DefaultValue("5s") Duration shutdownTimeout,
		Map<String, TargetProperties> targets, @DefaultValue Retry retry, @DefaultValue SpoolProperties spool) {

	static final String MAX_BATCH_SIZE = "management.opentelemetry.tracing.export.max-batch-size";

	/** As long as the tracer provider of OpenTelemetry waits when it is closed. */
	private static final Duration MAX_SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

	ExportProperties {
		targets = (targets != null) ? Collections.unmodifiableMap(new LinkedHashMap<>(targets)) : Map.of();
		if (shutdownTimeout.isNegative() || shutdownTimeout.compareTo(MAX_SHUTDOWN_TIMEOUT) > 0) {
			throw new InvalidConfigurationPropertyValueException("hindspan.export.shutdown-timeout", shutdownTimeout,
					"Set it to a time from 0s to 10s.");
		}
	}

	/**
	 * How spans are delivered.
	 * @param maxBatchSize how many spans are in a batch
	 * @param timeout how long an exporter may take for a batch
	 */
	Delivery delivery(int maxBatchSize, Duration timeout) {
		if (this.maxQueueSize < maxBatchSize) {
			throw new InvalidConfigurationPropertyValueException("hindspan.export.max-queue-size", this.maxQueueSize,
					"Set it to at least " + maxBatchSize + ", the number of spans in a batch (" + MAX_BATCH_SIZE
							+ ").");
		}
		return new Delivery(this.maxQueueSize, timeout, this.shutdownTimeout, this.retry.initialInterval(),
				this.retry.maxInterval());
	}

	/**
	 * The console exporter.
	 *
	 * @param enabled whether each finished trace is logged as a tree; if not set, in
	 * development only, where there is no other exporter
	 */
	record Console(@Nullable Boolean enabled) {

	}

	/**
	 * When a batch is sent again.
	 *
	 * @param initialInterval how long to wait after its first failure; twice as long
	 * after each further one
	 * @param maxInterval how long to wait at most, unless the target asks for more
	 */
	record Retry(@DefaultValue("1s") Duration initialInterval, @DefaultValue("30s") Duration maxInterval) {

		Retry {
			if (initialInterval.isNegative() || initialInterval.isZero()) {
				throw new InvalidConfigurationPropertyValueException("hindspan.export.retry.initial-interval",
						initialInterval, "Set it to a positive time, such as 1s.");
			}
			if (maxInterval.compareTo(initialInterval) < 0) {
				throw new InvalidConfigurationPropertyValueException("hindspan.export.retry.max-interval", maxInterval,
						"Set it to at least hindspan.export.retry.initial-interval, " + initialInterval.toMillis()
								+ " ms.");
			}
		}

	}

}
