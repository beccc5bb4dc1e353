package io.hindspan.export;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.hindspan.export.spool.Spool;

/**
 * Tells how it stands with each target. One that takes no spans makes this component
 * {@code DEGRADED}, a status that counts for nothing in the health of the application: no
 * probe fails because traces do not arrive. Thread-safe.
 */
final class ExportHealthIndicator extends AbstractHealthIndicator {

	private static final Status DEGRADED = new Status("DEGRADED", "Spans do not reach a target");

	private final SpanPipeline pipeline;

	ExportHealthIndicator(SpanPipeline pipeline) {
		this.pipeline = pipeline;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up();
		for (Target target : this.pipeline.targets()) {
			if (target.status().state() != TargetStatus.State.REACHED) {
				builder.status(DEGRADED);
			}
			builder.withDetail(target.name(), describe(target));
		}
	}

	private static Map<String, Object> describe(Target target) {
		TargetStatus status = target.status();
		TargetStatistics statistics = target.statistics();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", status.state());
		details.put("queueSize", target.size());
		details.put("queueCapacity", target.capacity());
		details.put("exported", statistics.exported());
		details.put("retries", statistics.retries());
		Spool spool = target.spool();
		if (spool != null) {
			details.put("spooled", statistics.spooled());
			details.put("spoolSpans", spool.spans());
			details.put("spoolBytes", spool.bytes());
		}
		for (DropReason reason : DropReason.values()) {
			if (statistics.dropped(reason) > 0) {
				details.put("dropped." + reason.tag(), statistics.dropped(reason));
			}
		}
		put(details, "lastSuccess", status.lastSuccess());
		put(details, "lastFailure", status.lastFailure());
		put(details, "lastError", status.lastError());
		return details;
	}

	private static void put(Map<String, Object> details, String key, @Nullable Object value) {
		if (value != null) {
			details.put(key, value);
		}
	}

}
