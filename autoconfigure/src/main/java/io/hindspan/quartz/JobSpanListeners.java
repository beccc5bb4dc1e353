package io.hindspan.quartz;

import org.jspecify.annotations.Nullable;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;
import org.quartz.ListenerManager;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.impl.matchers.EverythingMatcher;
import org.quartz.listeners.SchedulerListenerSupport;
import org.quartz.listeners.TriggerListenerSupport;

/**
 * Listens to a scheduler beside the application's own listeners, which Quartz calls
 * first.
 */
final class JobSpanListeners {

	static final String NAME = "io.hindspan.quartz";

	private JobSpanListeners() {
	}

	/**
	 * Adds the listeners to a scheduler, unless it has them already.
	 */
	static void addTo(ListenerManager listeners, JobSpans spans) {
		if (listeners.getJobListener(NAME) == null) {
			listeners.addJobListener(new Jobs(spans), EverythingMatcher.allJobs());
			listeners.addTriggerListener(new Triggers(spans), EverythingMatcher.allTriggers());
			listeners.addSchedulerListener(new Errors(spans));
		}
	}

	private record Jobs(JobSpans spans) implements JobListener {

		@Override
		public String getName() {
			return NAME;
		}

		@Override
		public void jobToBeExecuted(JobExecutionContext context) {
			this.spans.begin(context);
		}

		@Override
		public void jobExecutionVetoed(JobExecutionContext context) {
			this.spans.vetoed(context);
		}

		@Override
		public void jobWasExecuted(JobExecutionContext context, @Nullable JobExecutionException exception) {
			this.spans.end(JobSpans.thrownByJob(exception));
		}

	}

	private static final class Triggers extends TriggerListenerSupport {

		private final JobSpans spans;

		Triggers(JobSpans spans) {
			this.spans = spans;
		}

		@Override
		public String getName() {
			return NAME;
		}

		@Override
		public void triggerMisfired(Trigger trigger) {
			this.spans.misfired(trigger);
		}

	}

	/**
	 * Where another listener throws, Quartz calls no further one: neither does the job
	 * run, nor is its end told.
	 */
	private static final class Errors extends SchedulerListenerSupport {

		private final JobSpans spans;

		Errors(JobSpans spans) {
			this.spans = spans;
		}

		@Override
		public void schedulerError(String message, SchedulerException cause) {
			if (message.startsWith("Unable to notify JobListener")) {
				this.spans.end(cause);
			}
		}

	}

}
