package io.hindspan;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.zaxxer.hikari.HikariDataSource;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.bson.Document;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.data.mongodb.core.MongoTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import io.hindspan.outbox.OutboxTracing;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.SpanExpectation;
import io.hindspan.test.server.AmqpServer;
import io.hindspan.test.server.KafkaServer;
import io.hindspan.test.server.PostgresServer;
import io.hindspan.test.server.RedisServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives every technology in one request and what comes of it in the background, and
 * holds the trace whole: each hop in the right place, none missing, none twice.
 */
class TortureIntegrationTests {

	private static final GreenMail mail = new GreenMail(ServerSetup.SMTP.dynamicPort());

	private static final MongoServer mongo = new MongoServer(new MemoryBackend());

	private static S3Proxy s3;

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() throws Exception {
		receiver = OtlpReceiver.start();
		mail.start();
		s3 = S3Proxy.builder()
			.blobStore(new TransientNio2BlobStore())
			.endpoint(URI.create("http://127.0.0.1:0"))
			.build();
		s3.start();
		PostgresServer postgres = PostgresServer.shared();
		RedisServer redis = RedisServer.shared();
		AmqpServer amqp = AmqpServer.shared();
		context = TracedApplication.start(receiver, WebApplicationType.SERVLET, Application.class,
				"--hindspan.test.technologies=mongodb,r2dbc,grpc.client,grpc.server", "--spring.grpc.server.port=0",
				"--spring.grpc.server.health.enabled=false",
				"--spring.autoconfigure.exclude="
						+ "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
						+ "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
				"--spring.batch.job.enabled=false", "--spring.r2dbc.url=r2dbc:h2:mem:///torture",
				"--hindspan.r2dbc.acquire-threshold=1h", "--spring.r2dbc.pool.initial-size=1",
				"--torture.jdbc.url=" + postgres.jdbcUrl(), "--torture.jdbc.username=" + postgres.username(),
				"--torture.jdbc.password=" + postgres.password(), "--torture.s3.port=" + s3.getPort(),
				"--spring.mongodb.uri=mongodb://127.0.0.1:%d/torture".formatted(mongo.bind().getPort()),
				"--spring.data.redis.host=" + redis.host(), "--spring.data.redis.port=" + redis.port(),
				// An external server may know the key from a run before
				"--spring.cache.redis.key-prefix=" + UUID.randomUUID(), "--spring.cache.redis.time-to-live=10m",
				"--spring.kafka.bootstrap-servers=" + KafkaServer.shared().bootstrapServers(),
				"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.kafka.consumer.group-id=torture",
				"--spring.mail.host=127.0.0.1", "--spring.mail.port=" + mail.getSmtp().getPort(),
				"--spring.rabbitmq.host=" + amqp.host(), "--spring.rabbitmq.port=" + amqp.port(),
				"--spring.rabbitmq.username=" + amqp.username(), "--spring.rabbitmq.password=" + amqp.password());
		JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
		jdbc.execute("drop table if exists torture_tasks");
		jdbc.execute("create table torture_tasks (id int primary key, trace varchar(255))");
		context.getBean(DatabaseClient.class).sql("create table audit (id int primary key)").then().block();
		// What is made at the first use has no place in the trace
		new RestTemplate().postForEntity(url(), null, String.class);
		receiver.awaitSpan((span) -> span.name().equals("archive step"));
		receiver.awaitSpan((span) -> span.name().equals("relay task"));
		jdbc.update("delete from torture_tasks");
		context.getBean(DatabaseClient.class).sql("delete from audit").then().block();
		receiver.reset();
	}

	private static String url() {
		return "http://localhost:" + TracedApplication.port(context) + "/tasks";
	}

	@AfterAll
	static void stop() throws Exception {
		context.close();
		mail.stop();
		mongo.shutdownNow();
		s3.stop();
		receiver.close();
	}

	@Test
	void everyHopIsInTheTraceOnce() {
		String traceId = new RestTemplate().postForEntity(url(), null, String.class)
			.getHeaders()
			.getFirst("X-Trace-Id");
		RecordedTrace trace = receiver.awaitTrace(traceId,
				(candidate) -> assertThat(candidate).matchesTree(
						span("POST /tasks", SpanKind.SERVER).with(validation(), stores(), calls(), concurrent(),
								events(), span("torture.created publish", SpanKind.PRODUCER).with(messages()))));
		assertThat(trace).hasSingleRoot();
		assertThat(trace.spans(RecordedSpan::isError)).extracting(RecordedSpan::name)
			.containsExactly("torture.created process");
		RecordedSpan request = trace.span("POST /tasks");
		assertThat(request.event("retry_attempt")).isPresent();
		assertThat(trace.span("validate").event("cache_miss")).isPresent();
		assertThat(trace.spans("torture.created process")).extracting((span) -> span.attribute("retry.attempt"))
			.containsExactly(null, 2L);
		RecordedSpan relay = trace.span("relay task");
		RecordedTrace job = receiver.awaitTrace((candidate) -> !candidate.spans("Relaying.execute").isEmpty()
				&& !candidate.spans("archive step").isEmpty());
		assertThat(job).matchesTree(span("Relaying.execute").with(span("SELECT torture_tasks", SpanKind.CLIENT),
				span("archive job").with(span("archive step"))));
		assertThat(relay).hasLinkTo(job.span("Relaying.execute"));
		assertThat(job.span("Relaying.execute")).hasLinkTo(trace.span("torture.audit process"));
		assertThat(Span.current()).isSameAs(Span.getInvalid());
	}

	private static SpanExpectation validation() {
		return span("validate").with(span("GET", SpanKind.CLIENT), span("SELECT torture_tasks", SpanKind.CLIENT),
				span("SET", SpanKind.CLIENT));
	}

	private static SpanExpectation stores() {
		return span("store").with(span("INSERT torture_tasks", SpanKind.CLIENT), span("INSERT audit", SpanKind.CLIENT),
				span("insert torture_documents", SpanKind.CLIENT), span("SET", SpanKind.CLIENT),
				span("S3.PutObject", SpanKind.CLIENT),
				span("relay task", SpanKind.CONSUMER).with(span("DELETE torture_tasks", SpanKind.CLIENT)));
	}

	private static SpanExpectation calls() {
		SpanExpectation call = span("GET /quota/{user}", SpanKind.CLIENT)
			.with(span("GET /quota/{user}", SpanKind.SERVER).with(span("GET", SpanKind.CLIENT)));
		return span("call").with(call, call, call, span("grpc.health.v1.Health/Check", SpanKind.CLIENT)
			.with(span("grpc.health.v1.Health/Check", SpanKind.SERVER)));
	}

	private static SpanExpectation concurrent() {
		return span("fan out")
			.with(IntStream.range(0, 7).mapToObj((i) -> span("GET", SpanKind.CLIENT)).toArray(SpanExpectation[]::new));
	}

	private static SpanExpectation events() {
		return span("Notifications.created").with(span("send mail", SpanKind.CLIENT));
	}

	private static SpanExpectation[] messages() {
		return new SpanExpectation[] { span("torture.created process", SpanKind.CONSUMER),
				span("torture.created process", SpanKind.CONSUMER).with(span("torture.audit publish", SpanKind.PRODUCER)
					.with(span("torture.audit process", SpanKind.CONSUMER))) };
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@EnableAsync
	@EnableCaching
	@Import({ Tasks.class, Projects.class, Notifications.class, Listeners.class })
	static class Application {

		@Bean
		DataSource dataSource(Environment environment) {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setJdbcUrl(environment.getRequiredProperty("torture.jdbc.url"));
			dataSource.setUsername(environment.getRequiredProperty("torture.jdbc.username"));
			dataSource.setPassword(environment.getRequiredProperty("torture.jdbc.password"));
			return dataSource;
		}

		@Bean
		S3Client s3(Environment environment) {
			S3Client client = S3Client.builder()
				.endpointOverride(URI.create("http://127.0.0.1:" + environment.getRequiredProperty("torture.s3.port")))
				.region(Region.EU_CENTRAL_1)
				.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
				.forcePathStyle(true)
				.build();
			client.createBucket((request) -> request.bucket("torture"));
			return client;
		}

		@Bean
		BindableService health() {
			return new HealthStatusManager().getHealthService();
		}

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
		RetryTemplate retryTemplate() {
			return new RetryTemplate(RetryPolicy.withMaxRetries(2));
		}

		@Bean
		Queue auditQueue() {
			return new Queue("torture.audit", false, false, true);
		}

		@Bean
		JobDetail relaying() {
			return JobBuilder.newJob(Relaying.class).withIdentity("relaying").storeDurably().build();
		}

		@Bean
		org.springframework.batch.core.job.Job archive(JobRepository repository) {
			return new org.springframework.batch.core.job.builder.JobBuilder("archive", repository)
				.start(new StepBuilder("archive", repository).tasklet((contribution, chunk) -> RepeatStatus.FINISHED)
					.build())
				.build();
		}

	}

	@RestController
	record Tasks(JdbcTemplate jdbc, DatabaseClient r2dbc, MongoTemplate mongo, StringRedisTemplate redis, S3Client s3,
			RestTemplate restTemplate, RestClient restClient, WebClient webClient, GrpcChannelFactory channels,
			GrpcServerLifecycle grpcServer, RetryTemplate retry, Projects projects, OutboxTracing outbox,
			TransactionTemplate transaction, ApplicationEventPublisher publisher, KafkaTemplate<Object, Object> kafka) {

		private static final AtomicInteger requests = new AtomicInteger();

		@PostMapping("/tasks")
		String create(jakarta.servlet.http.HttpServletRequest request) throws Exception {
			int number = requests.incrementAndGet();
			CurrentSpan.childRun("validate", () -> this.projects.find(number));
			CurrentSpan.childRun("store", () -> store(number));
			CurrentSpan.childRun("call", () -> call("http://localhost:" + request.getLocalPort() + "/quota/{user}"));
			CurrentSpan.childRun("fan out", this::fanOut);
			AtomicInteger attempts = new AtomicInteger();
			this.retry.execute(() -> {
				if (attempts.incrementAndGet() == 1) {
					throw new IllegalStateException("not yet");
				}
				return attempts;
			});
			this.transaction.executeWithoutResult((status) -> this.publisher.publishEvent(new Created(number)));
			this.kafka.send("torture.created", String.valueOf(number));
			return "created";
		}

		private void store(int number) {
			this.jdbc.update("insert into torture_tasks values (?, ?)", number, this.outbox.capture());
			this.r2dbc.sql("insert into audit values ($1)").bind(0, number).then().block();
			this.mongo.insert(new Document("number", number), "torture_documents");
			this.redis.opsForValue().set("torture.quota", "5");
			this.s3.putObject((put) -> put.bucket("torture").key("task-" + number), RequestBody.fromString("report"));
		}

		private void call(String quota) {
			this.restTemplate.getForObject(quota, String.class, "ada");
			this.restClient.get().uri(quota, "ada").retrieve().body(String.class);
			this.webClient.get().uri(quota, "ada").retrieve().bodyToMono(String.class).block();
			ServingStatus status = HealthGrpc
				.newBlockingStub(this.channels.createChannel("static://localhost:" + this.grpcServer.getPort()))
				.check(HealthCheckRequest.getDefaultInstance())
				.getStatus();
			if (status != ServingStatus.SERVING) {
				throw new IllegalStateException(status.name());
			}
		}

		/**
		 * On the common pool by hand, and through Reactor there and back.
		 */
		private void fanOut() {
			Context context = Context.current();
			CompletableFuture<String> future = CompletableFuture.supplyAsync(context.wrapSupplier(this::quota));
			List<String> parallel = IntStream.range(0, 5)
				.boxed()
				.toList()
				.parallelStream()
				.map(context.wrapFunction((i) -> quota()))
				.toList();
			String reactive = Mono.fromCallable(this::quota)
				.subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic())
				.block();
			if (parallel.size() != 5 || !future.join().equals(reactive)) {
				throw new IllegalStateException();
			}
		}

		private String quota() {
			return String.valueOf(this.redis.opsForValue().get("torture.quota"));
		}

		@GetMapping("/quota/{user}")
		String quota(@PathVariable String user) {
			return quota();
		}

	}

	record Created(int number) {

	}

	static class Projects {

		private final JdbcTemplate jdbc;

		Projects(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Cacheable("projects")
		public int find(int number) {
			return this.jdbc.queryForObject("select count(*) from torture_tasks where id = ?", Integer.class, number);
		}

	}

	static class Notifications {

		private final MailSender mail;

		Notifications(MailSender mail) {
			this.mail = mail;
		}

		@Async
		@TransactionalEventListener
		public void created(Created event) {
			SimpleMailMessage message = new SimpleMailMessage();
			message.setTo("ada@example.org");
			message.setText("Created");
			this.mail.send(message);
		}

	}

	static class Listeners {

		private final Map<String, Boolean> seen = new ConcurrentHashMap<>();

		private final RabbitTemplate rabbit;

		private final Scheduler scheduler;

		Listeners(RabbitTemplate rabbit, Scheduler scheduler) {
			this.rabbit = rabbit;
			this.scheduler = scheduler;
		}

		@KafkaListener(topics = "torture.created")
		void created(String number) {
			if (this.seen.putIfAbsent(number, true) == null) {
				throw new IllegalStateException("not yet");
			}
			this.rabbit.convertAndSend("torture.audit", number);
		}

		@RabbitListener(queues = "torture.audit")
		void audit(String number) throws SchedulerException {
			this.scheduler.triggerJob(new JobKey("relaying"));
		}

	}

	/**
	 * Relays the outbox and archives it: a trace of its own, whose rows go on with
	 * theirs.
	 */
	public static class Relaying implements Job {

		private final JdbcTemplate jdbc;

		private final OutboxTracing outbox;

		private final JobOperator operator;

		private final org.springframework.batch.core.job.Job archive;

		public Relaying(JdbcTemplate jdbc, OutboxTracing outbox, JobOperator operator,
				org.springframework.batch.core.job.Job archive) {
			this.jdbc = jdbc;
			this.outbox = outbox;
			this.operator = operator;
			this.archive = archive;
		}

		@Override
		public void execute(JobExecutionContext context) {
			this.jdbc.queryForList("select id, trace from torture_tasks")
				.forEach((row) -> this.outbox.relayRun((String) row.get("trace"), "relay task",
						() -> this.jdbc.update("delete from torture_tasks where id = ?", row.get("id"))));
			try {
				JobParameters parameters = new JobParametersBuilder().addString("run", context.getFireInstanceId())
					.toJobParameters();
				this.operator.start(this.archive, parameters);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
