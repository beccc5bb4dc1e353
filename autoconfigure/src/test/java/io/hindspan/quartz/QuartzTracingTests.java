package io.hindspan.quartz;

import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.matchers.KeyMatcher;
import org.quartz.listeners.JobListenerSupport;
import org.quartz.listeners.TriggerListenerSupport;
import org.slf4j.MDC;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.quartz.MethodInvokingJobDetailFactoryBean;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;
import org.springframework.scheduling.quartz.SpringBeanJobFactory;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for jobs of Quartz, run by its real scheduler.
 */
class QuartzTracingTests {

	private static final BlockingQueue<String> RAN = new LinkedBlockingQueue<>();

	private static final String EXCLUDED = "--spring.autoconfigure.exclude="
			+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
			+ "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext shared;

	private ConfigurableApplicationContext context;

	private Scheduler scheduler;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		shared = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class, EXCLUDED);
	}

	@AfterAll
	static void stop() {
		shared.close();
		receiver.close();
	}

	@BeforeEach
	void use() throws SchedulerException {
		receiver.reset();
		RAN.clear();
		this.context = shared;
		this.scheduler = shared.getBean(Scheduler.class);
		this.scheduler.clear();
	}

	@AfterEach
	void close() {
		if (this.context != shared) {
			this.context.close();
		}
	}

	private void useOther(Class<?> source, String... args) {
		String[] all = new String[args.length + 1];
		all[0] = EXCLUDED;
		System.arraycopy(args, 0, all, 1, args.length);
		this.context = TracedApplication.start(receiver, WebApplicationType.NONE, source, all);
		this.scheduler = this.context.getBean(Scheduler.class);
	}

	@Test
	void runOfAJobIsATrace() throws Exception {
		this.scheduler.scheduleJob(job(ImportTasks.class, "import-4711", Map.of("rows", "3")),
				TriggerBuilder.newTrigger().withIdentity("now", "imports").build());
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() == 2);
		assertThat(trace)
			.matchesTree(span("ImportTasks.execute", SpanKind.INTERNAL).status(StatusCode.UNSET).with(span("load")));
		assertThat(trace).span("ImportTasks.execute")
			.hasScope("io.hindspan.quartz")
			.hasAttribute("code.function.name", ImportTasks.class.getName() + ".execute")
			.hasAttribute("quartz.job.name", "import-4711")
			.hasAttribute("quartz.job.group", "tasks")
			.hasAttribute("quartz.trigger.name", "now")
			.hasAttribute("quartz.trigger.group", "imports")
			.hasAttribute("quartz.scheduled_fire_time")
			.hasAttribute("quartz.fire_time")
			.hasAttribute("outcome", "SUCCESS")
			.hasNoAttribute("quartz.refire_count", "quartz.recovering")
			.hasLinkCount(0);
		assertThat(RAN.poll(10, TimeUnit.SECONDS)).isEqualTo("{rows=3} in " + trace.traceId());
	}

	@Test
	void exceptionOfAJobIsAnError() throws Exception {
		run(Failing.class);
		RecordedSpan span = receiver.awaitSpan((candidate) -> candidate.name().equals("Failing.execute"));
		assertThat(span).hasStatus(StatusCode.ERROR)
			.hasStatusMessage("no such file")
			.hasAttribute("error.type", JobExecutionException.class.getName())
			.hasAttribute("outcome", "ERROR")
			.hasException(JobExecutionException.class);
	}

	@Test
	void exceptionThatNobodyExpectedIsTheJobsOwn() throws Exception {
		run(Broken.class);
		RecordedSpan span = receiver.awaitSpan((candidate) -> candidate.name().equals("Broken.execute"));
		assertThat(span).hasStatus(StatusCode.ERROR)
			.hasStatusMessage("broken")
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void eachRefireIsASpanWithItsNumber() throws Exception {
		run(Refired.class);
		RecordedSpan second = receiver
			.awaitSpan((span) -> Long.valueOf(1).equals(span.attribute("quartz.refire_count")));
		assertThat(second).hasStatus(StatusCode.UNSET).hasAttribute("outcome", "SUCCESS");
		assertThat(receiver.spans((span) -> span.name().equals("Refired.execute"))).hasSize(2)
			.anySatisfy((first) -> assertThat(first).hasStatus(StatusCode.ERROR).hasNoAttribute("quartz.refire_count"));
	}

	@Test
	void vetoIsTold() throws Exception {
		this.scheduler.getListenerManager()
			.addTriggerListener(new Vetoing(),
					KeyMatcher.keyEquals(TriggerBuilder.newTrigger().withIdentity("vetoed").build().getKey()));
		this.scheduler.scheduleJob(job(ImportTasks.class, "vetoed", Map.of()),
				TriggerBuilder.newTrigger().withIdentity("vetoed").build());
		assertThat(receiver.awaitSpan((span) -> span.name().equals("ImportTasks.execute"))).isRoot()
			.hasStatus(StatusCode.UNSET)
			.hasAttribute("quartz.job.name", "vetoed")
			.hasAttribute("outcome", "VETOED");
		assertThat(RAN).isEmpty();
	}

	@Test
	void misfireIsTold() throws Exception {
		Instant missed = Instant.parse("2020-02-02T02:02:02Z");
		this.scheduler.scheduleJob(job(ImportTasks.class, "late", Map.of()),
				TriggerBuilder.newTrigger().withIdentity("late").startAt(Date.from(missed)).build());
		assertThat(receiver.awaitSpan((span) -> span.name().equals("trigger misfire"))).isRoot()
			.hasKind(SpanKind.INTERNAL)
			.hasScope("io.hindspan.quartz")
			.hasAttribute("quartz.job.name", "late")
			.hasAttribute("quartz.trigger.name", "late")
			.hasAttribute("quartz.scheduled_fire_time", missed.toString())
			.hasAttribute("outcome", "MISFIRED");
		receiver.awaitSpan((span) -> span.name().equals("ImportTasks.execute"));
	}

	@Test
	void methodOfABeanIsNamedByItself() throws Exception {
		MethodInvokingJobDetailFactoryBean factory = new MethodInvokingJobDetailFactoryBean();
		factory.setTargetObject(new Cleaner());
		factory.setTargetMethod("tidy");
		factory.setName("cleaning");
		factory.afterPropertiesSet();
		this.scheduler.scheduleJob(factory.getObject(), TriggerBuilder.newTrigger().build());
		assertThat(receiver.awaitSpan((span) -> span.name().equals("Cleaner.tidy"))).hasAttribute("code.function.name",
				Cleaner.class.getName() + ".tidy");
	}

	@Test
	void runIsLinkedToTheSpanThatAskedForIt() throws Exception {
		JobDetail job = job(ImportTasks.class, "asked", Map.of("rows", "3"));
		Trigger trigger = TriggerBuilder.newTrigger().withIdentity("asked").build();
		inRequest((scheduler) -> scheduler.scheduleJob(job, trigger));
		RecordedSpan request = receiver.awaitSpan((span) -> span.name().equals("request"));
		RecordedTrace trace = traceOf("ImportTasks.execute");
		assertThat(trace).span("ImportTasks.execute").isRoot().hasLinkTo(request);
		assertThat(trace.traceId()).isNotEqualTo(request.traceId());
		assertThat(RAN.poll(10, TimeUnit.SECONDS)).isEqualTo("{rows=3} in " + trace.traceId());
		assertThat(trigger.getJobDataMap()).isEmpty();
		assertThat(trigger.getJobDataMap().isDirty()).isFalse();
	}

	@Test
	void triggeredRunIsLinkedToo() throws Exception {
		this.scheduler.addJob(stored("stored"), true);
		JobDataMap own = new JobDataMap(Map.of("rows", "5"));
		inRequest((scheduler) -> {
			scheduler.triggerJob(JobKey.jobKey("stored", "tasks"));
			scheduler.triggerJob(JobKey.jobKey("stored", "tasks"), own);
		});
		RecordedSpan request = receiver.awaitSpan((span) -> span.name().equals("request"));
		receiver.awaitTrace((trace) -> receiver.spans((span) -> span.name().equals("ImportTasks.execute")).size() == 2);
		assertThat(receiver.spans((span) -> span.name().equals("ImportTasks.execute")))
			.allSatisfy((span) -> assertThat(span).isRoot().hasLinkTo(request));
		assertThat(own).containsOnlyKeys("rows");
		assertThat(Set.of(RAN.poll(10, TimeUnit.SECONDS).split(" ")[0], RAN.poll(10, TimeUnit.SECONDS).split(" ")[0]))
			.containsExactlyInAnyOrder("{}", "{rows=5}");
	}

	@Test
	void severalTriggersAreLinked() throws Exception {
		JobDetail job = stored("several");
		inRequest(
				(scheduler) -> scheduler.scheduleJobs(Map.of(job, Set.of(TriggerBuilder.newTrigger().build())), true));
		RecordedSpan request = receiver.awaitSpan((span) -> span.name().equals("request"));
		assertThat(traceOf("ImportTasks.execute")).span("ImportTasks.execute").hasLinkTo(request);
	}

	@Test
	void triggerThatNeverEndsIsNotLinked() throws Exception {
		inRequest((scheduler) -> scheduler.scheduleJob(job(ImportTasks.class, "forever", Map.of()),
				TriggerBuilder.newTrigger()
					.withIdentity("forever")
					.withSchedule(SimpleScheduleBuilder.repeatHourlyForever())
					.build()));
		assertThat(traceOf("ImportTasks.execute")).span("ImportTasks.execute").hasLinkCount(0);
		assertThat(this.scheduler.getTrigger(TriggerBuilder.newTrigger().withIdentity("forever").build().getKey())
			.getJobDataMap()).isEmpty();
	}

	@Test
	void linksCanBeTurnedOff() throws Exception {
		useOther(Application.class, "--hindspan.quartz.link-to-scheduler=false");
		inRequest((scheduler) -> scheduler.scheduleJob(job(ImportTasks.class, "asked", Map.of()),
				TriggerBuilder.newTrigger().build()));
		assertThat(traceOf("ImportTasks.execute")).span("ImportTasks.execute").hasLinkCount(0);
	}

	@Test
	void jobsThatRefuseUnknownDataRun() throws Exception {
		useOther(Strict.class);
		inRequest((scheduler) -> scheduler.scheduleJob(job(ImportTasks.class, "strict", Map.of()),
				TriggerBuilder.newTrigger().build()));
		assertThat(traceOf("ImportTasks.execute")).span("ImportTasks.execute")
			.hasLinkCount(0)
			.hasAttribute("outcome", "SUCCESS");
	}

	@Test
	void ownSchedulersAreTracedWithTheirListeners() throws Exception {
		useOther(Own.class);
		this.context.getBean(SchedulerFactoryBean.class)
			.getScheduler()
			.scheduleJob(job(ImportTasks.class, "own", Map.of()), TriggerBuilder.newTrigger().build());
		assertThat(traceOf("ImportTasks.execute")).span("ImportTasks.execute").hasAttribute("outcome", "SUCCESS");
		assertThat(RAN.poll(10, TimeUnit.SECONDS)).isEqualTo("before");
		assertThat(RAN.poll(10, TimeUnit.SECONDS)).startsWith("{}");
		assertThat(RAN.poll(10, TimeUnit.SECONDS)).isEqualTo("after");
	}

	@Test
	void listenerThatThrowsLeavesNothingBehind() throws Exception {
		JobKey key = JobKey.jobKey("refused", "tasks");
		this.scheduler.getListenerManager().addJobListener(new Throwing(), KeyMatcher.keyEquals(key));
		this.scheduler.scheduleJob(job(ImportTasks.class, "refused", Map.of()), TriggerBuilder.newTrigger().build());
		assertThat(traceOf("ImportTasks.execute")).span("ImportTasks.execute")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("outcome", "ERROR");
		assertThat(RAN).isEmpty();
	}

	@Test
	void offMeansNoSpan() throws Exception {
		useOther(Application.class, "--hindspan.quartz.enabled=false");
		assertThat(this.scheduler.getListenerManager().getJobListeners()).isEmpty();
		run(ImportTasks.class);
		assertThat(traceOf("load")).hasSpansNamed("load");
	}

	private void run(Class<? extends Job> type) throws SchedulerException {
		this.scheduler.scheduleJob(job(type, type.getSimpleName(), Map.of()), TriggerBuilder.newTrigger().build());
	}

	private static JobDetail job(Class<? extends Job> type, String name, Map<String, String> data) {
		return JobBuilder.newJob(type).withIdentity(name, "tasks").usingJobData(new JobDataMap(data)).build();
	}

	private static JobDetail stored(String name) {
		return JobBuilder.newJob(ImportTasks.class).withIdentity(name, "tasks").storeDurably().build();
	}

	private void inRequest(Scheduling work) {
		Observation.createNotStarted("request", this.context.getBean(ObservationRegistry.class)).observe(() -> {
			try {
				work.with(this.scheduler);
			}
			catch (SchedulerException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static RecordedTrace traceOf(String name) {
		return receiver.awaitTrace((trace) -> trace.spans().stream().anyMatch((span) -> span.name().equals(name)));
	}

	interface Scheduling {

		void with(Scheduler scheduler) throws SchedulerException;

	}

	public static class ImportTasks implements Job {

		private final ObservationRegistry registry;

		public ImportTasks(ObservationRegistry registry) {
			this.registry = registry;
		}

		@Override
		public void execute(JobExecutionContext context) {
			Observation.createNotStarted("load", this.registry).observe(() -> {
			});
			RAN.add(context.getMergedJobDataMap().getWrappedMap() + " in " + MDC.get("traceId"));
		}

	}

	public static class Failing implements Job {

		@Override
		public void execute(JobExecutionContext context) throws JobExecutionException {
			throw new JobExecutionException("no such file");
		}

	}

	public static class Broken implements Job {

		@Override
		public void execute(JobExecutionContext context) {
			throw new IllegalStateException("broken");
		}

	}

	public static class Refired implements Job {

		@Override
		public void execute(JobExecutionContext context) throws JobExecutionException {
			if (context.getRefireCount() == 0) {
				throw new JobExecutionException("once more", true);
			}
		}

	}

	public static class Cleaner {

		public void tidy() {
		}

	}

	static class Vetoing extends TriggerListenerSupport {

		@Override
		public String getName() {
			return "vetoing";
		}

		@Override
		public boolean vetoJobExecution(Trigger trigger, JobExecutionContext context) {
			return true;
		}

	}

	static class Throwing extends JobListenerSupport {

		@Override
		public String getName() {
			return "throwing";
		}

		@Override
		public void jobToBeExecuted(JobExecutionContext context) {
			throw new IllegalStateException("refused");
		}

	}

	static class Telling extends JobListenerSupport {

		private final Consumer<String> teller = RAN::add;

		@Override
		public String getName() {
			return "telling";
		}

		@Override
		public void jobToBeExecuted(JobExecutionContext context) {
			this.teller.accept("before");
		}

		@Override
		public void jobWasExecuted(JobExecutionContext context, JobExecutionException exception) {
			this.teller.accept("after");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Own {

		@Bean
		SchedulerFactoryBean ownScheduler(org.springframework.context.ApplicationContext context) {
			SchedulerFactoryBean factory = new SchedulerFactoryBean();
			factory.setSchedulerName("own");
			factory.setGlobalJobListeners(new Telling());
			SpringBeanJobFactory jobs = new SpringBeanJobFactory();
			jobs.setApplicationContext(context);
			factory.setJobFactory(jobs);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Strict {

		@Bean
		SchedulerFactoryBean strictScheduler(org.springframework.context.ApplicationContext context) {
			SchedulerFactoryBean factory = new SchedulerFactoryBean();
			factory.setSchedulerName("strict");
			SpringBeanJobFactory jobs = new SpringBeanJobFactory();
			jobs.setApplicationContext(context);
			jobs.setIgnoredUnknownProperties();
			factory.setJobFactory(jobs);
			return factory;
		}

	}

}
