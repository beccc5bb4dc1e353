package io.hindspan.neo4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.SessionConfig;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.async.AsyncSession;
import org.neo4j.driver.async.ResultCursor;
import org.neo4j.driver.exceptions.ClientException;
import org.neo4j.driver.reactivestreams.ReactiveSession;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.neo4j.core.Neo4jTemplate;
import org.springframework.data.neo4j.core.ReactiveNeo4jTemplate;
import org.springframework.data.neo4j.core.schema.Id;
import org.springframework.data.neo4j.core.schema.Node;
import org.springframework.data.neo4j.core.transaction.Neo4jTransactionManager;
import org.springframework.data.neo4j.core.transaction.ReactiveNeo4jTransactionManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for the exported spans of Cypher queries.
 */
@EnabledIfSystemProperty(named = Neo4jServer.PROPERTY, matches = ".+",
		disabledReason = "the profile neo4j brings the server")
class Neo4jTracingIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static OtlpReceiver receiver;

	private static Neo4jServer server;

	private static ConfigurableApplicationContext context;

	private static Driver driver;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		server = Neo4jServer.start();
		context = start(WebApplicationType.NONE, server.port());
		driver = context.getBean(Driver.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		server.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		try (Session session = driver.session()) {
			session.run("MATCH (n) DETACH DELETE n").consume();
			session.run("UNWIND range(1, 3) AS i CREATE (:Task {id: toString(i), title: 'title ' + i})").consume();
		}
		receiver.awaitQuiet(Duration.ofMillis(100));
		receiver.reset();
	}

	@Test
	void queryIsASpanWithoutValues() {
		List<Record> records = inRoot(() -> {
			try (Session session = driver.session()) {
				return session.run("MATCH (t:Task {title: 'title 1'}) WHERE t.id = $id RETURN t", Map.of("id", "1"))
					.list();
			}
		});
		assertThat(records).hasSize(1);
		RecordedTrace trace = trace(2);
		assertThat(trace).matchesTree(span("root").with(span("MATCH Task", SpanKind.CLIENT)));
		assertThat(trace.span("MATCH Task")).hasScope("io.hindspan.neo4j").hasStatus(StatusCode.UNSET);
		assertThat(trace.span("MATCH Task").events()).isEmpty();
		assertThat(trace.span("MATCH Task").attributes()).containsOnly(entry("db.system.name", "neo4j"),
				entry("db.operation.name", "MATCH"), entry("db.query.summary", "MATCH Task"),
				entry("db.query.text", "MATCH (t:Task {title: ?}) WHERE t.id = $id RETURN t"),
				entry("server.address", "127.0.0.1"), entry("server.port", (long) server.port()));
		assertThat(trace.span("root").attributes()).isEmpty();
	}

	@Test
	void transactionsAreTheirQueries() {
		inRoot(() -> {
			try (Session session = driver.session()) {
				try (Transaction transaction = session.beginTransaction()) {
					transaction.run("CREATE (:Task {id: '4'})").consume();
					transaction.run("MATCH (t:Task) RETURN count(t)").single();
					transaction.rollback();
				}
				session.executeWriteWithoutResult(
						(transaction) -> transaction.run("MERGE (t:Task {id: '1'}) SET t.title = 'secret'").consume());
			}
			return driver.executableQuery("MATCH (o:Other) RETURN o").execute();
		});
		RecordedTrace trace = trace(5);
		assertThat(trace).matchesTree(span("root").inOrder()
			.with(span("CREATE Task", SpanKind.CLIENT), span("MATCH Task", SpanKind.CLIENT),
					span("MERGE Task", SpanKind.CLIENT), span("MATCH Other", SpanKind.CLIENT)));
		assertThat(trace.toString()).doesNotContain("secret");
	}

	@Test
	void furtherRecordsAreSpansBeneathTheirReader() {
		inRoot(() -> {
			try (Session session = driver.session(SessionConfig.builder().withFetchSize(2).build())) {
				return session.run("MATCH (t:Task) RETURN t").list();
			}
		});
		RecordedTrace trace = trace(3);
		assertThat(trace)
			.matchesTree(span("root").with(span("MATCH Task", SpanKind.CLIENT), span("PULL", SpanKind.CLIENT)));
		assertThat(trace.span("PULL")).hasAttribute("db.operation.name", "PULL")
			.hasAttribute("server.address", "127.0.0.1")
			.hasNoAttribute("db.query.text");
	}

	@Test
	void furtherRecordsThatNobodyAskedForInATraceAreNone() {
		try (Session session = driver.session(SessionConfig.builder().withFetchSize(2).build())) {
			session.run("MATCH (t:Task) RETURN t").list();
		}
		receiver.awaitQuiet(Duration.ofMillis(200));
		assertThat(receiver.spans()).extracting(RecordedSpan::name).containsExactly("MATCH Task");
	}

	@Test
	void templateIsItsQueries() {
		Neo4jTemplate template = context.getBean(Neo4jTemplate.class);
		inRoot(() -> {
			template.save(new Task("7", "new"));
			return template.findById("7", Task.class);
		});
		assertThat(trace(3))
			.matchesTree(span("root").with(span("MATCH Task", SpanKind.CLIENT), span("MATCH Task", SpanKind.CLIENT)));
	}

	@Test
	void futuresAreBeneathTheirCaller() {
		AsyncSession session = driver.session(AsyncSession.class);
		inRoot(() -> session.runAsync("MATCH (t:Task) RETURN t").thenCompose(ResultCursor::listAsync))
			.toCompletableFuture()
			.join();
		session.closeAsync().toCompletableFuture().join();
		assertThat(trace(2)).matchesTree(span("root").with(span("MATCH Task", SpanKind.CLIENT)));
	}

	@Test
	void reactiveQueriesAndTheirRecordsAreBeneathTheirSubscriber() {
		ReactiveNeo4jTemplate template = context.getBean(ReactiveNeo4jTemplate.class);
		Task task = inRoot(() -> template.findById("1", Task.class)
			.flatMap((found) -> template.save(new Task("9", "x")))
			.block(TIMEOUT));
		assertThat(task.id()).isEqualTo("9");
		assertThat(trace(5)).matchesTree(span("root").with(span("MATCH Task", SpanKind.CLIENT),
				span("PULL", SpanKind.CLIENT), span("MATCH Task", SpanKind.CLIENT), span("PULL", SpanKind.CLIENT)));
	}

	@Test
	void parentIsRightInWebFlux() {
		try (ConfigurableApplicationContext web = start(WebApplicationType.REACTIVE, server.port())) {
			WebClient caller = WebClient.create("http://localhost:" + TracedApplication.port(web));
			Flux.range(0, 12)
				.flatMap((i) -> caller.get().uri("/tasks/{id}", "w" + i).retrieve().bodyToMono(String.class), 12)
				.collectList()
				.block(TIMEOUT);
			receiver.awaitSpans(60);
		}
		assertThat(receiver.traces()).hasSize(12)
			.allSatisfy((trace) -> assertThat(trace).matchesTree(span("GET /tasks/{id}", SpanKind.SERVER).with(
					span("MATCH Task", SpanKind.CLIENT), span("PULL", SpanKind.CLIENT),
					span("MATCH Task", SpanKind.CLIENT), span("PULL", SpanKind.CLIENT))));
	}

	@Test
	void refusedQueryIsAnError() {
		assertThatExceptionOfType(ClientException.class).isThrownBy(() -> inRoot(() -> {
			try (Session session = driver.session()) {
				return session.run("MATCH (t:Task) RETURN nothing").list();
			}
		}));
		RecordedTrace trace = trace(2);
		assertThat(trace.span("MATCH Task")).isChildOf(trace.span("root"))
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", ClientException.class.getName())
			.hasAttribute("db.response.status_code", "Neo.ClientError.Statement.SyntaxError")
			.hasEvent("exception");
		assertThat(trace.span("root").events()).isEmpty();
	}

	@Test
	void queryThatFailsWhileItsRecordsAreReadIsAnError() {
		assertThatExceptionOfType(ClientException.class).isThrownBy(() -> inRoot(() -> {
			try (Session session = driver.session()) {
				return session.run("UNWIND [1, 0] AS x RETURN 1 / x").list();
			}
		}));
		assertThat(trace(2).span("UNWIND")).hasStatus(StatusCode.ERROR)
			.hasAttribute("db.response.status_code", "Neo.ClientError.Statement.ArithmeticError")
			.hasAttribute("db.query.text", "UNWIND [?] AS x RETURN ? / x");
	}

	@Test
	void reactiveQueryThatFailsIsAnError() {
		ReactiveSession session = driver.session(ReactiveSession.class);
		assertThatExceptionOfType(ClientException.class)
			.isThrownBy(() -> inRoot(() -> Mono.from(session.run("MATCH (t:Task) RETURN nothing")).block(TIMEOUT)));
		Mono.from(session.close()).block(TIMEOUT);
		assertThat(trace(2).span("MATCH Task")).hasStatus(StatusCode.ERROR)
			.hasAttribute("db.response.status_code", "Neo.ClientError.Statement.SyntaxError");
	}

	@Test
	void serverThatIsLostDuringTheQueryIsAnErrorAndTheSameWhenOff() {
		Throwable thrown = lost("--hindspan.neo4j.enabled=true");
		RecordedTrace trace = trace(2);
		assertThat(trace).matchesTree(span("root").with(span("MATCH Task", SpanKind.CLIENT).status(StatusCode.ERROR)));
		assertThat(trace.span("MATCH Task")).hasAttribute("error.type", thrown.getClass().getName())
			.hasAttribute("server.address", "127.0.0.1")
			.hasNoAttribute("db.response.status_code")
			.hasEvent("exception");
		assertThat(lost("--hindspan.neo4j.enabled=false")).hasSameClassAs(thrown).hasMessage(thrown.getMessage());
	}

	private static Throwable lost(String feature) {
		try (BreakingProxy proxy = new BreakingProxy(server.port());
				ConfigurableApplicationContext own = start(WebApplicationType.NONE, proxy.port(), feature)) {
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			ObservationRegistry registry = own.getBean(ObservationRegistry.class);
			Session session = own.getBean(Driver.class).session();
			Transaction transaction = session.beginTransaction();
			proxy.breakAtNextRequest();
			receiver.awaitQuiet(Duration.ofMillis(100));
			receiver.reset();
			Observation.createNotStarted("root", registry)
				.observe(() -> assertThatThrownBy(() -> transaction.run("MATCH (t:Task) RETURN t").list())
					.satisfies(thrown::set));
			assertThat(registry.getCurrentObservation()).isNull();
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
			session.close();
			return thrown.get();
		}
	}

	@Test
	void resultsAreTheSameWhenOffAndTheTextCanBeLeftOut() {
		List<Task> traced = inRoot(() -> context.getBean(Neo4jTemplate.class).findAll(Task.class));
		receiver.awaitQuiet(Duration.ofMillis(100));
		receiver.reset();
		try (ConfigurableApplicationContext off = start(WebApplicationType.NONE, server.port(),
				"--hindspan.neo4j.enabled=false")) {
			assertThat(off.getBean(Neo4jTemplate.class).findAll(Task.class)).hasSameElementsAs(traced);
		}
		receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(receiver.spans()).noneMatch((span) -> span.scope().name().equals("io.hindspan.neo4j"));
		receiver.reset();
		try (ConfigurableApplicationContext textless = start(WebApplicationType.NONE, server.port(),
				"--hindspan.neo4j.query-text=false")) {
			assertThat(textless.getBean(Neo4jTemplate.class).findAll(Task.class)).hasSameElementsAs(traced);
		}
		assertThat(receiver.awaitSpan((span) -> span.name().equals("MATCH Task"))).hasNoAttribute("db.query.text")
			.hasAttribute("db.query.summary", "MATCH Task");
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, int port, String... more) {
		// Else a busy machine has more spans than a quiet one
		Stream<String> arguments = Stream.of("--hindspan.test.technologies=neo4j",
				"--hindspan.neo4j.acquire-threshold=1h", "--spring.neo4j.uri=bolt://127.0.0.1:" + port);
		return TracedApplication.start(receiver, type, Application.class,
				Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
	}

	private RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() >= spans && !trace.spans("root").isEmpty());
	}

	private static <T> T inRoot(Supplier<T> work) {
		return Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(work);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final ObjectProvider<ReactiveNeo4jTemplate> templates;

		Application(ObjectProvider<ReactiveNeo4jTemplate> templates) {
			this.templates = templates;
		}

		@GetMapping("/tasks/{id}")
		Mono<String> task(@PathVariable String id) {
			ReactiveNeo4jTemplate template = this.templates.getObject();
			return template.save(new Task(id, "web"))
				.then(Mono.defer(() -> template.findById(id, Task.class)))
				.map(Task::title);
		}

		@Bean
		Neo4jTransactionManager transactionManager(Driver driver) {
			return new Neo4jTransactionManager(driver);
		}

		@Bean
		ReactiveNeo4jTransactionManager reactiveTransactionManager(Driver driver) {
			return new ReactiveNeo4jTransactionManager(driver);
		}

	}

	@Node("Task")
	record Task(@Id String id, String title) {

	}

}
