package io.hindspan.quartz;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Quartz.
 *
 * @param enabled whether each run of a job has a span
 * @param linkToScheduler whether a run that was asked for within a trace, by a trigger
 * that fires a limited number of times or by triggerJob, is linked to the span that asked
 * for it. The link travels as one text of 55 characters in the trigger's JobDataMap,
 * which a job store persists; it is taken out before the job sees it
 */
@ConfigurationProperties("hindspan.quartz")
record QuartzTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean linkToScheduler) {

}
