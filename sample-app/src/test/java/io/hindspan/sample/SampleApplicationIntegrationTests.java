package io.hindspan.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import io.hindspan.sample.api.ApiApplication;
import io.hindspan.sample.notifier.NotifierApplication;
import io.hindspan.sample.worker.WorkerApplication;
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
import static io.opentelemetry.api.trace.SpanKind.CLIENT;
import static io.opentelemetry.api.trace.SpanKind.CONSUMER;
import static io.opentelemetry.api.trace.SpanKind.INTERNAL;
import static io.opentelemetry.api.trace.SpanKind.PRODUCER;
import static io.opentelemetry.api.trace.SpanKind.SERVER;
import static io.opentelemetry.api.trace.StatusCode.ERROR;
import static io.opentelemetry.api.trace.StatusCode.UNSET;
import static org.assertj.core.api.Assertions.assertThat;

/** What a request becomes, as a backend reads it that receives the spans of all roles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleApplicationIntegrationTests {

	private static final String API = "taskmanager-api";

	private static final String WORKER = "taskmanager-worker";

	private static final String NOTIFIER = "taskmanager-notifier";

	private static final String TASK = "{\"projectId\": 1, \"title\": \"Write the report\"}";

	private static final Duration QUIET = Duration.ofSeconds(1);

	private final HttpClient http = HttpClient.newHttpClient();

	private OtlpReceiver receiver;

	private ConfigurableApplicationContext notifier;

	private ConfigurableApplicationContext worker;

	private ConfigurableApplicationContext api;

	@BeforeAll
	void start() throws Exception {
		this.receiver = OtlpReceiver.start();
		createSchema();
		this.notifier = start(NotifierApplication.class, "notifier");
		String notifierPort = "--sample.notifier.port=" + port(this.notifier);
		this.api = start(ApiApplication.class, "api", notifierPort);
		this.worker = start(WorkerApplication.class, "worker", notifierPort);
	}

	@AfterAll
	void stop() {
		Stream.of(this.api, this.worker, this.notifier).forEach(ConfigurableApplicationContext::close);
		this.receiver.close();
	}

	@BeforeEach
	void forget() {
		StringRedisTemplate redis = this.api.getBean(StringRedisTemplate.class);
		redis.execute((RedisCallback<Void>) (connection) -> {
			connection.serverCommands().flushDb();
			return null;
		});
		this.receiver.awaitQuiet(QUIET);
		this.receiver.reset();
	}

	@Test
	void creatingATaskIsOneTraceOverThreeServices() throws Exception {
		HttpResponse<String> response = send("POST", "/api/v1/tasks", TASK);
		assertThat(response.statusCode()).isEqualTo(201);
		assertTrace(response,
				span("POST /api/v1/tasks", SERVER).service(API)
					.status(UNSET)
					.attribute("http.route", "/api/v1/tasks")
					.attribute("http.response.status_code", 201)
					.with(authorized("task:create", redis("GET"), sql("SELECT permissions", 4), redis("SET")),
							span("CreateTaskUseCase.execute", INTERNAL).attribute("project.id", "1")
								.with(span("validate_task", INTERNAL).with(sql("SELECT projects", 1)),
										sql("INSERT tasks", 1), sql("UPDATE projects", 1), redis("DEL"))
								.inOrder(),
							span("find_duplicates", INTERNAL).with(span("SELECT tasks", CLIENT)),
							span("refresh_statistics", INTERNAL).with(span("SELECT tasks", CLIENT), redis("SET")),
							enqueueNotification()));
		this.receiver.awaitQuiet(QUIET);
		assertThat(this.receiver.traces()).hasSize(1);
	}

	private SpanExpectation enqueueNotification() {
		return span("enqueue_notification", INTERNAL).with(
				call("GET /notifications/quota").with(served("GET /notifications/quota").with(redis("GET"))),
				call("GET /notifications/recipients")
					.with(served("GET /notifications/recipients").with(sql("SELECT project_members", 2))),
				call("POST /notifications/preview").with(served("POST /notifications/preview")),
				span("tasks.created publish", PRODUCER).service(API)
					.attribute("messaging.system", "kafka")
					.with(span("tasks.created process", CONSUMER).service(WORKER)
						.with(sql("SELECT tasks", 1), sql("UPDATE tasks", 1),
								call("POST /notifications").with(served("POST /notifications").with(redis("INCRBY"))),
								span("tasks.indexed publish", PRODUCER)
									.with(span("tasks.indexed process", CONSUMER).service(WORKER)
										.with(sql("UPDATE tasks", 1))))
						.inOrder()),
				span("tasks.audit publish", PRODUCER).service(API)
					.attribute("messaging.system", "rabbitmq")
					.with(span("tasks.audit process", CONSUMER).service(WORKER).with(sql("INSERT audit_log", 1))))
			.inOrder();
	}

	@Test
	void importedTasksAreSiblingsAndAFailureStaysWithItsOwn() throws Exception {
		HttpResponse<String> response = send("POST", "/api/v1/tasks/import",
				"""
						[{"projectId": 1, "title": "One"}, {"projectId": 2, "title": "Two"}, {"projectId": 3, "title": "?"}]""");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("\"created\":2", "There is no project 3.");
		SpanExpectation created = span("CreateTaskUseCase.execute").status(UNSET).containing(span("INSERT tasks"));
		assertTrace(response,
				span("POST /api/v1/tasks/import", SERVER).status(UNSET)
					.with(span("authorize_request").containing(), created, created,
							span("CreateTaskUseCase.execute").status(ERROR)
								.with(span("validate_task").status(ERROR)
									.attribute("hindspan.error.category", "not_found")
									.with(sql("SELECT projects", 1)))));
	}

	@Test
	void listIsCached() throws Exception {
		HttpResponse<String> first = send("GET", "/api/v1/tasks?projectId=2", null);
		assertTrace(first, span("GET /api/v1/tasks", SERVER).with(span("authorize_request").containing(), redis("GET"),
				span("SELECT tasks", CLIENT), redis("SET")));
		HttpResponse<String> second = send("GET", "/api/v1/tasks?projectId=2", null);
		assertThat(second.body()).isEqualTo(first.body());
		assertTrace(second,
				span("GET /api/v1/tasks", SERVER).with(span("authorize_request").with(redis("GET")), redis("GET")));
	}

	@Test
	void taskIsReadUpdatedAndDeleted() throws Exception {
		String location = send("POST", "/api/v1/tasks", TASK).headers().firstValue("Location").orElseThrow();
		assertThat(send("GET", location, null).body()).contains("Write the report", "TODO");
		HttpResponse<String> updated = send("PUT", location, "{\"title\": \"Read the report\", \"status\": \"DONE\"}");
		assertThat(updated.body()).contains("Read the report", "DONE");
		assertTrace(updated, span("PUT /api/v1/tasks/{id}", SERVER).with(span("authorize_request").containing(),
				sql("SELECT tasks", 1), sql("UPDATE tasks", 1), redis("DEL")));
		HttpResponse<String> deleted = send("DELETE", location, null);
		assertThat(deleted.statusCode()).isEqualTo(204);
		assertTrace(deleted, span("DELETE /api/v1/tasks/{id}", SERVER).with(span("authorize_request").containing(),
				sql("SELECT tasks", 1), sql("DELETE tasks", 1), sql("UPDATE projects", 1), redis("DEL")));
		assertThat(send("GET", location, null).statusCode()).isEqualTo(404);
	}

	@Test
	void missingTaskIsNoError() throws Exception {
		HttpResponse<String> response = send("GET", "/api/v1/tasks/00000000-0000-0000-0000-000000000000", null);
		assertProblem(response, 404, "There is no task 00000000-0000-0000-0000-000000000000.");
		assertTrace(response,
				span("GET /api/v1/tasks/{id}", SERVER).status(UNSET)
					.attribute("http.response.status_code", 404)
					.with(span("authorize_request").containing(), sql("SELECT tasks", 0)));
	}

	@Test
	void invalidTaskIsNoError() throws Exception {
		HttpResponse<String> response = send("POST", "/api/v1/tasks", "{\"projectId\": 1, \"title\": \"\"}");
		assertProblem(response, 400, "Invalid request content.");
		assertTrace(response,
				span("POST /api/v1/tasks", SERVER).status(UNSET)
					.attribute("http.response.status_code", 400)
					.with(span("authorize_request").containing()));
	}

	@Test
	void refusedAuthorizationIsVisible() throws Exception {
		HttpResponse<String> response = send("POST", "/api/v1/tasks", TASK, "X-User", "guest");
		assertProblem(response, 403, "This needs the permission task:create.");
		assertTrace(response,
				span("POST /api/v1/tasks", SERVER).status(UNSET)
					.with(span("authorize_request", INTERNAL).attribute("user.id", "guest")
						.attribute("permission.required", "task:create")
						.attribute("authorization.granted", false)
						.containing()));
	}

	@Test
	void unexpectedExceptionIsAnErrorThatIsRecordedOnce() throws Exception {
		HttpResponse<String> response = send("GET", "/api/v1/tasks/failing", null);
		assertProblem(response, 500, "The request could not be served.");
		RecordedTrace trace = assertTrace(response,
				span("GET /api/v1/tasks/failing", SERVER).status(ERROR)
					.attribute("http.response.status_code", 500)
					.attribute("error.type", "java.lang.IllegalStateException")
					.with(span("authorize_request").containing()));
		Stream<RecordedSpan.Event> events = trace.spans().stream().flatMap((span) -> span.events().stream());
		assertThat(events.filter((event) -> event.name().equals("exception"))).singleElement()
			.satisfies((event) -> assertThat(event.attributes()).containsEntry("exception.type",
					"java.lang.IllegalStateException"));
	}

	@Test
	void slowStatementShows() throws Exception {
		HttpResponse<String> response = send("GET", "/api/v1/tasks/slow", null);
		assertThat(response.statusCode()).isEqualTo(200);
		RecordedTrace trace = assertTrace(response,
				span("GET /api/v1/tasks/slow", SERVER).containing(span("SELECT tasks", CLIENT)));
		assertThat(trace.span("SELECT tasks").duration()).isGreaterThan(Duration.ofSeconds(1));
	}

	private static SpanExpectation authorized(String permission, SpanExpectation... children) {
		return span("authorize_request", INTERNAL).attribute("user.id", "ada")
			.attribute("permission.required", permission)
			.attribute("authorization.granted", true)
			.with(children)
			.inOrder();
	}

	private static SpanExpectation redis(String command) {
		return span(command, CLIENT).attribute("db.system.name", "redis");
	}

	private static SpanExpectation sql(String name, int rows) {
		return span(name, CLIENT).attribute("db.system.name", "postgresql")
			.attribute(name.startsWith("SELECT") ? "db.response.returned_rows" : "hindspan.db.affected_rows", rows);
	}

	private static SpanExpectation call(String name) {
		return span(name, CLIENT);
	}

	private static SpanExpectation served(String name) {
		return span(name, SERVER).service(NOTIFIER);
	}

	private RecordedTrace assertTrace(HttpResponse<?> response, SpanExpectation root) {
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		return this.receiver.awaitTrace(traceId, (trace) -> assertThat(trace).hasSingleRoot().matchesTree(root));
	}

	private static void assertProblem(HttpResponse<String> response, int status, String detail) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
		assertThat(response.body()).contains("\"detail\":\"" + detail + "\"");
	}

	private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port(this.api) + path))
			.method(method,
					(body != null) ? HttpRequest.BodyPublishers.ofString(body) : HttpRequest.BodyPublishers.noBody())
			.header("Content-Type", "application/json");
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private ConfigurableApplicationContext start(Class<?> application, String role, String... more) {
		PostgresServer postgres = PostgresServer.shared();
		RedisServer redis = RedisServer.shared();
		AmqpServer amqp = AmqpServer.shared();
		Stream<String> arguments = Stream.of("sample." + role + ".port=0",
				"management.opentelemetry.tracing.export.otlp.endpoint=" + this.receiver.endpoint(),
				"management.opentelemetry.tracing.export.schedule-delay=100ms", "hindspan.jdbc.acquire-threshold=1h",
				"spring.datasource.url=" + postgres.jdbcUrl() + "?currentSchema=sample",
				"spring.datasource.username=" + postgres.username(),
				"spring.datasource.password=" + postgres.password(), "spring.data.redis.host=" + redis.host(),
				"spring.data.redis.port=" + redis.port(), "spring.data.redis.database=5",
				"spring.kafka.bootstrap-servers=" + KafkaServer.shared().bootstrapServers(),
				"spring.rabbitmq.host=" + amqp.host(), "spring.rabbitmq.port=" + amqp.port(),
				"spring.rabbitmq.username=" + amqp.username(), "spring.rabbitmq.password=" + amqp.password())
			.map((argument) -> "--" + argument);
		return new SpringApplicationBuilder(application).profiles(role)
			.run(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
	}

	/** A schema of its own, since external servers outlive the test. */
	private static void createSchema() throws Exception {
		PostgresServer postgres = PostgresServer.shared();
		try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(),
				postgres.password()); Statement statement = connection.createStatement()) {
			statement.execute("drop schema if exists sample cascade");
			statement.execute("create schema sample");
		}
	}

	private static int port(ConfigurableApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

}
