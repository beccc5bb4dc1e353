package io.hindspan;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.AmqpServer;
import io.hindspan.test.server.KafkaServer;
import io.hindspan.test.server.PostgresServer;
import io.hindspan.test.server.RedisServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds {@code docs/spans.md} against the spans of an application that uses every
 * technology, written the ordinary way, and holds the trace of its one request whole.
 */
class SpanCatalogueIntegrationTests {

	private static final GreenMail mail = new GreenMail(ServerSetup.SMTP.dynamicPort());

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		mail.start();
		PostgresServer postgres = PostgresServer.shared();
		RedisServer redis = RedisServer.shared();
		AmqpServer amqp = AmqpServer.shared();
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		application.setRegisterShutdownHook(false);
		context = application.run("--spring.main.banner-mode=off", "--server.port=0", "--spring.application.name=tasks",
				"--hindspan.environment=development",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint(),
				"--management.opentelemetry.tracing.export.schedule-delay=20ms", "--hindspan.jdbc.acquire-threshold=1h",
				"--spring.autoconfigure.exclude="
						+ "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
						+ "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
				"--spring.datasource.url=" + postgres.jdbcUrl(), "--spring.datasource.username=" + postgres.username(),
				"--spring.datasource.password=" + postgres.password(), "--spring.data.redis.host=" + redis.host(),
				"--spring.data.redis.port=" + redis.port(),
				"--spring.kafka.bootstrap-servers=" + KafkaServer.shared().bootstrapServers(),
				"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.kafka.consumer.group-id=catalogue",
				"--spring.mail.host=127.0.0.1", "--spring.mail.port=" + mail.getSmtp().getPort(),
				"--spring.rabbitmq.host=" + amqp.host(), "--spring.rabbitmq.port=" + amqp.port(),
				"--spring.rabbitmq.username=" + amqp.username(), "--spring.rabbitmq.password=" + amqp.password());
		JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
		jdbc.execute("drop table if exists catalogue_tasks");
		jdbc.execute("create table catalogue_tasks (id int primary key, title varchar(100))");
	}

	@AfterAll
	static void stop() {
		context.close();
		mail.stop();
		receiver.close();
	}

	@Test
	void everySpanHasItsRowAndEveryRowItsSpan() throws Exception {
		RestTemplate caller = new RestTemplate();
		String url = "http://localhost:" + TracedApplication.port(context);
		String traceId = caller.postForEntity(url + "/tasks", null, String.class).getHeaders().getFirst("X-Trace-Id");
		assertThat(Application.DONE.await(30, TimeUnit.SECONDS)).isTrue();
		RecordedTrace trace = receiver.awaitTrace(traceId,
				(candidate) -> assertThat(candidate).matchesTree(span("POST /tasks", SpanKind.SERVER).with(
						span("SET", SpanKind.CLIENT), span("INSERT catalogue_tasks", SpanKind.CLIENT),
						span("BATCH INSERT catalogue_tasks", SpanKind.CLIENT),
						span("GET /quota/{user}", SpanKind.CLIENT)
							.with(span("GET /quota/{user}", SpanKind.SERVER).with(span("GET", SpanKind.CLIENT))),
						span("GET /quota/{user}", SpanKind.CLIENT)
							.with(span("GET /quota/{user}", SpanKind.SERVER).with(span("GET", SpanKind.CLIENT))),
						span("GET /quota/{user}", SpanKind.CLIENT)
							.with(span("GET /quota/{user}", SpanKind.SERVER).with(span("GET", SpanKind.CLIENT))),
						span("Notifications.send", SpanKind.INTERNAL)
							.with(span("SELECT catalogue_tasks", SpanKind.CLIENT), span("send mail", SpanKind.CLIENT)),
						span("catalogue.created publish", SpanKind.PRODUCER)
							.with(span("catalogue.created process", SpanKind.CONSUMER)
								.with(span("catalogue.audit publish", SpanKind.PRODUCER)
									.with(span("catalogue.audit process", SpanKind.CONSUMER)
										.with(span("DELETE catalogue_tasks", SpanKind.CLIENT))))))));
		assertThat(trace).hasSingleRoot().hasNoErrors();
		for (String atStart : List.of("welcome", "Listeners.welcomed", "Cleaning.execute", "trigger misfire",
				"nightly job")) {
			receiver.awaitSpan((span) -> span.name().equals(atStart));
		}
		List<RecordedSpan> spans = receiver.spans();
		SpanCatalogue catalogue = SpanCatalogue.read();
		catalogue.holds(spans);
		catalogue.isExercisedBy(spans);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@EnableScheduling
	@Import({ Tasks.class, Notifications.class, Listeners.class })
	static class Application {

		static final CountDownLatch DONE = new CountDownLatch(3);

		@Bean
		RestTemplate restTemplate() {
			return new RestTemplate();
		}

		@Bean
		RestClient restClient() {
			return RestClient.create();
		}

		@Bean
		WebClient webClient() {
			return WebClient.create();
		}

		@Bean
		Queue auditQueue() {
			return new Queue("catalogue.audit", false, false, true);
		}

		@Bean
		ApplicationRunner welcome(TransactionTemplate transactions, ApplicationEventPublisher publisher) {
			return (args) -> transactions.executeWithoutResult((status) -> publisher.publishEvent("welcome"));
		}

		@Bean
		JobDetail cleaning() {
			return JobBuilder.newJob(Cleaning.class).withIdentity("cleaning").storeDurably().build();
		}

		@Bean
		Trigger lateCleaning(JobDetail cleaning) {
			return TriggerBuilder.newTrigger()
				.forJob(cleaning)
				.startAt(Date.from(Instant.parse("2020-02-02T02:02:02Z")))
				.build();
		}

		@Bean
		org.springframework.batch.core.job.Job nightly(JobRepository repository) {
			return new org.springframework.batch.core.job.builder.JobBuilder("nightly", repository)
				.start(new StepBuilder("archive", repository).tasklet((contribution, chunk) -> RepeatStatus.FINISHED)
					.build())
				.build();
		}

	}

	@RestController
	record Tasks(JdbcTemplate jdbc, StringRedisTemplate redis, RestTemplate restTemplate, RestClient restClient,
			WebClient webClient, KafkaTemplate<Object, Object> kafka, Notifications notifications) {

		@PostMapping("/tasks")
		String create(HttpServletRequest request) {
			String url = "http://localhost:" + request.getLocalPort() + "/quota/{user}";
			this.redis.opsForValue().set("quota", "5");
			this.jdbc.update("insert into catalogue_tasks values (?, ?)", 1, "report");
			this.jdbc.batchUpdate("insert into catalogue_tasks values (?, ?)",
					List.of(new Object[] { 2, "two" }, new Object[] { 3, "three" }));
			this.restTemplate.getForObject(url, String.class, "ada");
			this.restClient.get().uri(url, "ada").retrieve().body(String.class);
			this.webClient.get().uri(url, "ada").retrieve().bodyToMono(String.class).block();
			this.notifications.send();
			this.kafka.send("catalogue.created", "1");
			return "created";
		}

		@GetMapping("/quota/{user}")
		String quota(@PathVariable String user) {
			return String.valueOf(this.redis.opsForValue().get("quota"));
		}

	}

	public static class Cleaning implements Job {

		@Override
		public void execute(JobExecutionContext context) {
		}

	}

	@Component
	static class Notifications {

		private final JdbcTemplate jdbc;

		private final MailSender mail;

		Notifications(JdbcTemplate jdbc, MailSender mail) {
			this.jdbc = jdbc;
			this.mail = mail;
		}

		@Async
		public void send() {
			this.jdbc.queryForList("select title from catalogue_tasks where id = 1");
			SimpleMailMessage message = new SimpleMailMessage();
			message.setTo("ada@example.org");
			message.setText("Created");
			this.mail.send(message);
			Application.DONE.countDown();
		}

	}

	@Component
	static class Listeners {

		private final JdbcTemplate jdbc;

		private final RabbitTemplate rabbit;

		private final CountDownLatch scheduled = new CountDownLatch(1);

		Listeners(JdbcTemplate jdbc, RabbitTemplate rabbit) {
			this.jdbc = jdbc;
			this.rabbit = rabbit;
		}

		@TransactionalEventListener
		void welcomed(String text) {
		}

		@KafkaListener(topics = "catalogue.created")
		void created(String id) {
			this.rabbit.convertAndSend("catalogue.audit", id);
		}

		@RabbitListener(queues = "catalogue.audit")
		void audit(String id) {
			this.jdbc.update("delete from catalogue_tasks where id = 1");
			Application.DONE.countDown();
		}

		@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
		void tidy() {
			if (this.scheduled.getCount() > 0) {
				this.scheduled.countDown();
				Application.DONE.countDown();
			}
		}

	}

}
