package io.hindspan.batch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.annotation.EnableBatchProcessing;
import org.springframework.batch.core.configuration.annotation.EnableJdbcJobRepository;
import org.springframework.batch.core.configuration.annotation.StepScope;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.support.ListItemReader;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for jobs of Spring Batch.
 */
class BatchTracingTests {

	private static final String EXCLUDED = "--spring.autoconfigure.exclude="
			+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
			+ "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
			+ "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration,"
			+ "org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration";

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext shared;

	private ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		shared = start(WithDatabase.class);
	}

	private static ConfigurableApplicationContext start(Class<?> source, String... args) {
		String[] all = new String[args.length + 3];
		all[0] = EXCLUDED;
		all[1] = "--hindspan.jdbc.enabled=false";
		all[2] = "--spring.batch.job.enabled=" + (source == AtStart.class);
		System.arraycopy(args, 0, all, 3, args.length);
		return TracedApplication.start(receiver, WebApplicationType.NONE, source, all);
	}

	@AfterAll
	static void stop() {
		shared.close();
		receiver.close();
	}

	@BeforeEach
	void use() {
		receiver.reset();
		this.context = shared;
	}

	@AfterEach
	void close() {
		if (this.context != shared) {
			this.context.close();
		}
	}

	@Test
	void jobAndItsStepsAreATrace() throws Exception {
		run("importTasks");
		RecordedTrace trace = trace(4);
		assertThat(trace).matchesTree(span("importTasks job", SpanKind.INTERNAL).status(StatusCode.UNSET)
			.with(span("load step", SpanKind.INTERNAL).status(StatusCode.UNSET),
					span("tidy step", SpanKind.INTERNAL).with(span("vacuum")))
			.inOrder());
		assertThat(trace).root()
			.hasScope("io.hindspan.batch")
			.hasAttribute("spring.batch.job.name", "importTasks")
			.hasAttribute("spring.batch.job.instanceId")
			.hasAttribute("spring.batch.job.executionId")
			.hasAttribute("spring.batch.job.status", "COMPLETED")
			.hasAttribute("outcome", "SUCCESS");
		assertThat(trace).span("load step")
			.hasScope("io.hindspan.batch")
			.hasAttribute("spring.batch.step.name", "load")
			.hasAttribute("spring.batch.step.job.name", "importTasks")
			.hasAttribute("spring.batch.step.status", "COMPLETED")
			.hasAttribute("spring.batch.step.read_count", 7L)
			.hasAttribute("spring.batch.step.write_count", 5L)
			.hasAttribute("spring.batch.step.filter_count", 1L)
			.hasAttribute("spring.batch.step.read_skip_count", 0L)
			.hasAttribute("spring.batch.step.process_skip_count", 1L)
			.hasAttribute("spring.batch.step.write_skip_count", 0L)
			.hasAttribute("spring.batch.step.commit_count", 3L)
			.hasAttribute("spring.batch.step.rollback_count", 0L)
			.hasAttribute("outcome", "SUCCESS");
	}

	@Test
	void jobIsBeneathWhatStartedIt() throws Exception {
		Observation.createNotStarted("request", this.context.getBean(ObservationRegistry.class))
			.observeChecked(() -> run("importTasks"));
		assertThat(trace(5)).matchesTree(span("request").with(span("importTasks job").containing(span("load step"))));
	}

	@Test
	void failureIsAnErrorOfStepAndJobToldOnce() throws Exception {
		assertThat(run("failing").getStatus()).isEqualTo(BatchStatus.FAILED);
		RecordedTrace trace = trace(2);
		assertThat(trace).matchesTree(
				span("failing job").status(StatusCode.ERROR).with(span("break step").status(StatusCode.ERROR)));
		assertThat(trace).span("break step")
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasAttribute("outcome", "ERROR")
			.hasStatusMessage("disk full")
			.hasException(IllegalStateException.class);
		assertThat(trace).root()
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasAttribute("spring.batch.job.status", "FAILED")
			.hasAttribute("outcome", "ERROR")
			.hasNoEvents();
	}

	@Test
	void failureOfAnItemIsTheStepsAndItsChunkIsRolledBack() throws Exception {
		run("failingItem");
		RecordedTrace trace = trace(2);
		assertThat(trace).span("convert step")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", NumberFormatException.class.getName())
			.hasAttribute("spring.batch.step.rollback_count", 1L)
			.hasAttribute("outcome", "ERROR")
			.hasException(NumberFormatException.class);
	}

	@Test
	void stoppedJobIsNoError() throws Exception {
		assertThat(run("stopped").getStatus()).isEqualTo(BatchStatus.STOPPED);
		RecordedTrace trace = trace(2);
		assertThat(trace).hasNoErrors().span("wait step").hasAttribute("outcome", "STOPPED").hasNoEvents();
		assertThat(trace).root().hasAttribute("outcome", "STOPPED");
	}

	@Test
	void partitionsStayInTheTrace() throws Exception {
		run("partitioned");
		RecordedTrace trace = trace(8);
		assertThat(trace)
			.matchesTree(span("partitioned job").with(span("split step").with(span("work step").with(span("vacuum")),
					span("work step").with(span("vacuum")), span("work step").with(span("vacuum")))));
		assertThat(trace.spans("work step")).extracting((span) -> span.attribute("spring.batch.step.name"))
			.containsExactlyInAnyOrder("work:partition0", "work:partition1", "work:partition2");
	}

	@Test
	void itemsOnOtherThreadsStayInTheTrace() throws Exception {
		run("concurrent");
		assertThat(trace(5)).matchesTree(
				span("concurrent job").with(span("spread step").with(span("enrich"), span("enrich"), span("enrich"))));
	}

	@Test
	void chunksHaveSpansWhereAsked() throws Exception {
		this.context = start(WithDatabase.class, "--hindspan.batch.chunk-spans=true");
		run("importTasks");
		RecordedTrace trace = trace(7);
		assertThat(trace)
			.containsTree(span("load step").with(span("chunk write", SpanKind.INTERNAL).attribute("outcome", "SUCCESS")
				.attribute("spring.batch.step.name", "load"), span("chunk write"), span("chunk write")));
	}

	@Test
	void jobAtTheStartOfTheApplicationIsATrace() {
		this.context = start(AtStart.class);
		assertThat(trace(3)).matchesTree(span("nightly job").with(span("tidy step").with(span("vacuum"))));
		assertThat(receiver.spans()).extracting(RecordedSpan::name).doesNotContain("jobLauncherApplicationRunner");
	}

	@Test
	void offMeansAsSpringBatchDoes() throws Exception {
		this.context = start(WithDatabase.class, "--hindspan.batch.enabled=false");
		run("failing");
		RecordedTrace trace = receiver.awaitTrace(
				(candidate) -> candidate.spans().stream().anyMatch((span) -> span.name().equals("spring.batch.job")));
		assertThat(trace.spans()).noneMatch((span) -> span.scope().name().equals("io.hindspan.batch"));
	}

	private JobExecution run(String job) throws Exception {
		return this.context.getBean(JobOperator.class)
			.start(this.context.getBean(job, Job.class),
					new JobParametersBuilder().addLong("run", System.nanoTime()).toJobParameters());
	}

	private RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() == spans);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableBatchProcessing
	@EnableJdbcJobRepository
	static class WithDatabase {

		@Bean
		JdbcDataSource dataSource() {
			JdbcDataSource dataSource = new JdbcDataSource();
			dataSource.setUrl("jdbc:h2:mem:" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
			DatabasePopulatorUtils.execute(new ResourceDatabasePopulator(
					new ClassPathResource("org/springframework/batch/core/schema-h2.sql")), dataSource);
			return dataSource;
		}

		@Bean
		DataSourceTransactionManager transactionManager(JdbcDataSource dataSource) {
			return new DataSourceTransactionManager(dataSource);
		}

		@Bean
		ThreadPoolTaskExecutor workers() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(3);
			return executor;
		}

		@Bean
		Job importTasks(JobRepository repository, Step load, ObservationRegistry registry) {
			return new JobBuilder("importTasks", repository).start(load).next(tidy(repository, registry)).build();
		}

		@Bean
		@StepScope
		ListItemReader<String> lines() {
			return new ListItemReader<>(List.of("1", "2", "3", "", "5", "six", "7"));
		}

		@Bean
		Step load(JobRepository repository, DataSourceTransactionManager transactionManager,
				ListItemReader<String> lines) {
			return new StepBuilder("load", repository).<String, Integer>chunk(3)
				.reader(lines)
				.processor((text) -> text.isEmpty() ? null : Integer.valueOf(text))
				.writer((chunk) -> {
				})
				.transactionManager(transactionManager)
				.faultTolerant()
				.skip(NumberFormatException.class)
				.skipLimit(5)
				.build();
		}

		@Bean
		Job failing(JobRepository repository) {
			return new JobBuilder("failing", repository)
				.start(new StepBuilder("break", repository).tasklet((contribution, chunk) -> {
					throw new IllegalStateException("disk full");
				}).build())
				.build();
		}

		@Bean
		Job failingItem(JobRepository repository, DataSourceTransactionManager transactionManager) {
			return new JobBuilder("failingItem", repository)
				.start(new StepBuilder("convert", repository).<String, Integer>chunk(3)
					.reader(new ListItemReader<>(List.of("1", "two")))
					.processor(Integer::valueOf)
					.writer((chunk) -> {
					})
					.transactionManager(transactionManager)
					.build())
				.build();
		}

		@Bean
		Job stopped(JobRepository repository) {
			return new JobBuilder("stopped", repository)
				.start(new StepBuilder("wait", repository).tasklet((contribution, chunk) -> {
					throw new JobInterruptedException("stop");
				}).build())
				.build();
		}

		@Bean
		Job partitioned(JobRepository repository, Step work, ThreadPoolTaskExecutor workers) {
			return new JobBuilder("partitioned", repository)
				.start(new StepBuilder("split", repository).partitioner("work", WithDatabase::partitions)
					.step(work)
					.gridSize(3)
					.taskExecutor(workers)
					.build())
				.build();
		}

		private static Map<String, ExecutionContext> partitions(int count) {
			Map<String, ExecutionContext> partitions = new HashMap<>();
			IntStream.range(0, count).forEach((index) -> partitions.put("partition" + index, new ExecutionContext()));
			return partitions;
		}

		@Bean
		Step work(JobRepository repository, ObservationRegistry registry) {
			return new StepBuilder("work", repository).tasklet((contribution, chunk) -> {
				vacuum(registry);
				return RepeatStatus.FINISHED;
			}).build();
		}

		@Bean
		Job concurrent(JobRepository repository, DataSourceTransactionManager transactionManager,
				ThreadPoolTaskExecutor workers, ObservationRegistry registry) {
			return new JobBuilder("concurrent", repository)
				.start(new StepBuilder("spread", repository).<String, String>chunk(3)
					.reader(new ListItemReader<>(List.of("1", "2", "3")))
					.processor((text) -> {
						Observation.createNotStarted("enrich", registry).observe(() -> {
						});
						return text;
					})
					.writer((chunk) -> {
					})
					.transactionManager(transactionManager)
					.taskExecutor(workers)
					.build())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class AtStart {

		@Bean
		Job nightly(JobRepository repository, ObservationRegistry registry) {
			return new JobBuilder("nightly", repository).start(tidy(repository, registry)).build();
		}

	}

	private static Step tidy(JobRepository repository, ObservationRegistry registry) {
		return new StepBuilder("tidy", repository).tasklet((contribution, chunk) -> {
			vacuum(registry);
			return RepeatStatus.FINISHED;
		}).build();
	}

	private static void vacuum(ObservationRegistry registry) {
		Observation.createNotStarted("vacuum", registry).observe(() -> {
		});
	}

}
