package io.hindspan.quartz;

import java.util.Date;

import org.jspecify.annotations.Nullable;
import org.quartz.JobKey;
import org.quartz.TriggerKey;

import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanAttributes;

/**
 * The attributes of a job's span, for which OpenTelemetry has no conventions.
 */
final class QuartzAttributes {

	static final SemanticKey<String> JOB_NAME = SemanticKey.text("quartz.job.name");

	static final SemanticKey<String> JOB_GROUP = SemanticKey.text("quartz.job.group");

	static final SemanticKey<String> TRIGGER_NAME = SemanticKey.text("quartz.trigger.name");

	static final SemanticKey<String> TRIGGER_GROUP = SemanticKey.text("quartz.trigger.group");

	static final SemanticKey<String> SCHEDULED_FIRE_TIME = SemanticKey.text("quartz.scheduled_fire_time");

	static final SemanticKey<String> FIRE_TIME = SemanticKey.text("quartz.fire_time");

	static final SemanticKey<Long> REFIRE_COUNT = SemanticKey.number("quartz.refire_count");

	static final SemanticKey<Boolean> RECOVERING = SemanticKey.flag("quartz.recovering");

	static final SemanticKey<String> OUTCOME = SemanticKey.text("outcome");

	private QuartzAttributes() {
	}

	static void keys(SpanAttributes attributes, JobKey job, TriggerKey trigger) {
		attributes.put(JOB_NAME, job.getName());
		attributes.put(JOB_GROUP, job.getGroup());
		attributes.put(TRIGGER_NAME, trigger.getName());
		attributes.put(TRIGGER_GROUP, trigger.getGroup());
	}

	static @Nullable String text(@Nullable Date time) {
		return (time != null) ? time.toInstant().toString() : null;
	}

}
