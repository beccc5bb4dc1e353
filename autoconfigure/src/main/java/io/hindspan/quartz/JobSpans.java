package io.hindspan.quartz;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.MethodInvoker;

import io.hindspan.span.CodeFunction;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Makes the spans of jobs, each the root of a trace of its own. A run's span is current
 * on the thread that runs the job. Never throws. Thread-safe.
 */
final class JobSpans {

	static final String SCOPE = "io.hindspan.quartz";

	/** Where Spring's jobs that call a method of a bean keep the call. */
	private static final String METHOD_INVOKER = "methodInvoker";

	private static final Logger logger = LoggerFactory.getLogger(JobSpans.class);

	private final AtomicBoolean faultTold = new AtomicBoolean();

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	private final ThreadLocal<@Nullable Run> runs = new ThreadLocal<>();

	private final Supplier<InstrumentationTracers> tracers;

	JobSpans(Supplier<InstrumentationTracers> tracers) {
		this.tracers = tracers;
	}

	/**
	 * Begins a run on this thread.
	 */
	void begin(JobExecutionContext job) {
		end(null);
		try {
			InstrumentationTracers tracers = this.tracers.get();
			Span span = builder(tracers.get(SCOPE), job).startSpan();
			Context context = tracers.contextOf(Context.root(), span);
			this.runs.set(new Run(span, context, context.makeCurrent()));
		}
		catch (RuntimeException ex) {
			tell(ex);
		}
	}

	/**
	 * Ends the run that this thread has begun, if there is one.
	 * @param error what the run ended with, or {@code null} where it ended well
	 */
	void end(@Nullable Throwable error) {
		Run run = this.runs.get();
		if (run == null) {
			return;
		}
		this.runs.remove();
		try {
			InstrumentationTracer tracer = this.tracers.get().get(SCOPE);
			tracer.attributes(run.span()).put(QuartzAttributes.OUTCOME, (error != null) ? "ERROR" : "SUCCESS");
			if (error != null) {
				tracer.fail(run.span(), run.context(), error);
			}
		}
		catch (RuntimeException ex) {
			tell(ex);
		}
		finally {
			run.scope().close();
			run.span().end();
		}
	}

	/**
	 * Tells of a run that a listener of the application has forbidden.
	 */
	void vetoed(JobExecutionContext job) {
		try {
			InstrumentationTracer tracer = this.tracers.get().get(SCOPE);
			SpanBuilder builder = builder(tracer, job);
			tracer.attributes(builder).put(QuartzAttributes.OUTCOME, "VETOED");
			builder.startSpan().end();
		}
		catch (RuntimeException ex) {
			tell(ex);
		}
	}

	/**
	 * Tells of a run that did not begin in time. Its job is not asked for, since the
	 * store of jobs is busy with just this.
	 */
	void misfired(Trigger trigger) {
		try {
			InstrumentationTracer tracer = this.tracers.get().get(SCOPE);
			SpanBuilder builder = tracer.spanBuilder("trigger misfire", SpanKind.INTERNAL, Context.root());
			SpanAttributes attributes = tracer.attributes(builder);
			QuartzAttributes.keys(attributes, trigger.getJobKey(), trigger.getKey());
			attributes.put(QuartzAttributes.SCHEDULED_FIRE_TIME, QuartzAttributes.text(trigger.getNextFireTime()));
			attributes.put(QuartzAttributes.OUTCOME, "MISFIRED");
			builder.startSpan().end();
		}
		catch (RuntimeException ex) {
			tell(ex);
		}
	}

	private SpanBuilder builder(InstrumentationTracer tracer, JobExecutionContext job) {
		CodeFunction function = function(job);
		SpanBuilder builder = tracer.spanBuilder(function.shortName(), SpanKind.INTERNAL, Context.root());
		SpanAttributes attributes = tracer.attributes(builder);
		function.writeTo(attributes);
		QuartzAttributes.keys(attributes, job.getJobDetail().getKey(), job.getTrigger().getKey());
		attributes.put(QuartzAttributes.SCHEDULED_FIRE_TIME, QuartzAttributes.text(job.getScheduledFireTime()));
		attributes.put(QuartzAttributes.FIRE_TIME, QuartzAttributes.text(job.getFireTime()));
		if (job.getRefireCount() > 0) {
			attributes.put(QuartzAttributes.REFIRE_COUNT, job.getRefireCount());
		}
		if (job.isRecovering()) {
			attributes.put(QuartzAttributes.RECOVERING, true);
		}
		SpanContext scheduling = SchedulingLink.takeFrom(job);
		if (scheduling.isValid()) {
			builder.addLink(scheduling);
		}
		return builder;
	}

	/**
	 * The code that the job runs. Its key would not do for a name: applications make keys
	 * of ids.
	 */
	private CodeFunction function(JobExecutionContext job) {
		if (job.getJobDetail().getJobDataMap().get(METHOD_INVOKER) instanceof MethodInvoker invoker) {
			Class<?> type = invoker.getTargetClass();
			String method = invoker.getTargetMethod();
			if (type != null && method != null) {
				return this.functions.get(ClassUtils.getUserClass(type), method);
			}
		}
		return this.functions.get(ClassUtils.getUserClass(job.getJobDetail().getJobClass()), "execute");
	}

	/**
	 * Quartz wraps what a job must not throw, twice.
	 */
	static @Nullable Throwable thrownByJob(@Nullable JobExecutionException exception) {
		if (exception != null && exception.getClass() == JobExecutionException.class
				&& exception.getCause() instanceof SchedulerException wrapper
				&& !(wrapper instanceof JobExecutionException) && wrapper.getCause() != null) {
			return wrapper.getCause();
		}
		return exception;
	}

	private void tell(RuntimeException fault) {
		if (this.faultTold.compareAndSet(false, true)) {
			logger.warn("A run of a job could not be traced; it goes on. This is said once.", fault);
		}
	}

	private record Run(Span span, Context context, Scope scope) {

	}

}
