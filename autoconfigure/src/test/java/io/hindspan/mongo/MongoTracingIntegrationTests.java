package io.hindspan.mongo;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import com.mongodb.MongoTimeoutException;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.MongoTemplate;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.BasicQuery;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.data.mongodb.repository.MongoRepository;
import org.springframework.data.mongodb.repository.config.EnableMongoRepositories;
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

/**
 * Tests for the exported spans of MongoDB commands.
 */
class MongoTracingIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final String TECHNOLOGY = "--hindspan.test.technologies=mongodb";

	private static OtlpReceiver receiver;

	private static MongoServer server;

	private static InetSocketAddress address;

	private static ConfigurableApplicationContext context;

	private static MongoTemplate mongo;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		server = new MongoServer(new MemoryBackend());
		address = server.bind();
		context = TracedApplication.start(receiver, WebApplicationType.REACTIVE, Application.class, TECHNOLOGY,
				"--spring.mongodb.uri=mongodb://127.0.0.1:%d/tasks".formatted(address.getPort()));
		mongo = context.getBean(MongoTemplate.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		server.shutdownNow();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		mongo.remove(new Query(), Task.class);
		mongo.insertAll(List.of(new Task("1", "first"), new Task("2", "second"), new Task("3", "third")));
		receiver.awaitQuiet(Duration.ofMillis(100));
		receiver.reset();
	}

	@Test
	void findIsASpanWithoutValues() {
		List<Task> tasks = inRoot(() -> mongo
			.find(new BasicQuery("{'title': {'$in': ['first', 'secret']}, 'owner.name': {'$ne': 'me'}}"), Task.class));
		assertThat(tasks).hasSize(1);
		assertThat(only(trace(2))).hasName("find tasks")
			.hasKind(SpanKind.CLIENT)
			.hasScope("io.hindspan.mongo")
			.hasStatus(StatusCode.UNSET)
			.hasAttribute("db.system.name", "mongodb")
			.hasAttribute("db.namespace", "tasks")
			.hasAttribute("db.operation.name", "find")
			.hasAttribute("db.collection.name", "tasks")
			.hasAttribute("db.query.text",
					"{\"find\": \"tasks\", \"filter\": {\"title\": {\"$in\": [\"?\", ...]}, \"owner.name\": {\"$ne\": \"?\"}}}")
			.hasAttribute("db.response.returned_rows", 1L)
			.hasAttribute("server.address", "127.0.0.1")
			.hasAttribute("server.port", (long) address.getPort());
	}

	@Test
	void writesTellWhatTheyChanged() {
		inRoot(() -> {
			mongo.insertAll(List.of(new Task("4", "secret"), new Task("5", "secret")));
			mongo.updateMulti(new Query(Criteria.where("title").is("secret")), new Update().set("title", "x"),
					Task.class);
			return mongo.remove(new Query(Criteria.where("title").is("x")), Task.class);
		});
		RecordedTrace trace = trace(4);
		assertThat(trace).matchesTree(span("root").inOrder()
			.with(span("insert tasks", SpanKind.CLIENT), span("update tasks", SpanKind.CLIENT),
					span("delete tasks", SpanKind.CLIENT)));
		assertThat(trace.span("insert tasks")).hasAttribute("db.operation.batch.size", 2L)
			.hasAttribute("hindspan.db.affected_rows", 2L);
		assertThat(trace.span("update tasks")).hasAttribute("hindspan.db.affected_rows", 2L);
		assertThat(trace.span("delete tasks")).hasAttribute("hindspan.db.affected_rows", 2L);
		assertThat(trace.toString()).doesNotContain("secret");
	}

	@Test
	void furtherRowsAreSpansBeneathTheirReader() {
		inRoot(() -> mongo.find(new Query().cursorBatchSize(2), Task.class));
		RecordedTrace trace = trace(3);
		assertThat(trace).matchesTree(
				span("root").with(span("find tasks", SpanKind.CLIENT), span("getMore tasks", SpanKind.CLIENT)));
		assertThat(trace.span("getMore tasks")).hasAttribute("db.response.returned_rows", 1L);
	}

	@Test
	void duplicateKeyIsAnErrorThatTheCallerHasTheExceptionOf() {
		assertThatExceptionOfType(DuplicateKeyException.class)
			.isThrownBy(() -> inRoot(() -> mongo.insert(new Task("1", "again"))));
		RecordedTrace trace = trace(2);
		assertThat(only(trace)).hasName("insert tasks")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "11000")
			.hasAttribute("db.response.status_code", "11000");
		assertThat(trace.span("root")).hasEvent("exception");
	}

	@Test
	void refusedCommandIsAnError() {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> inRoot(() -> mongo.executeCommand("{'noSuchCommand': 'secret'}")));
		RecordedTrace trace = trace(2);
		assertThat(only(trace)).hasName("noSuchCommand")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "com.mongodb.MongoCommandException")
			.hasAttribute("db.response.status_code", "59")
			.hasAttribute("db.query.text", "{\"noSuchCommand\": \"?\"}")
			.hasNoAttribute("db.collection.name")
			.hasEvent("exception");
		assertThat(trace.span("root").events()).isEmpty();
	}

	@Test
	void repositoryIsItsCommands() {
		TaskRepository repository = context.getBean(TaskRepository.class);
		inRoot(() -> {
			repository.save(new Task("9", "new"));
			return repository.findByTitle("new");
		});
		assertThat(trace(3))
			.matchesTree(span("root").with(span("update tasks", SpanKind.CLIENT), span("find tasks", SpanKind.CLIENT)));
	}

	@Test
	void housekeepingIsNoSpan() {
		inRoot(() -> mongo.executeCommand("{'ping': 1}"));
		receiver.awaitQuiet(Duration.ofMillis(200));
		assertThat(receiver.spans()).extracting(RecordedSpan::name).containsExactly("root");
	}

	@Test
	void reactiveCommandsAreBeneathTheirSubscriber() {
		ReactiveMongoTemplate reactive = context.getBean(ReactiveMongoTemplate.class);
		inRoot(() -> reactive.findById("1", Task.class)
			.flatMap((task) -> reactive.insert(new Task("7", "x")))
			.block(TIMEOUT));
		assertThat(trace(3))
			.matchesTree(span("root").with(span("find tasks", SpanKind.CLIENT), span("insert tasks", SpanKind.CLIENT)));
	}

	@Test
	void parentIsRightInWebFlux() {
		WebClient caller = WebClient.create("http://localhost:" + TracedApplication.port(context));
		Flux.range(0, 12)
			.flatMap((i) -> caller.get().uri("/tasks/{id}", "w" + i).retrieve().bodyToMono(String.class), 12)
			.collectList()
			.block(TIMEOUT);
		receiver.awaitSpans(48);
		assertThat(receiver.traces()).hasSize(12)
			.allSatisfy((trace) -> assertThat(trace)
				.matchesTree(span("GET /tasks/{id}", SpanKind.SERVER).with(span("insert tasks", SpanKind.CLIENT),
						span("find tasks", SpanKind.CLIENT), span("delete tasks", SpanKind.CLIENT))));
	}

	@Test
	void serverThatIsDownIsAnErrorAndTheSameWhenOff() {
		String[] down = { TECHNOLOGY, "--spring.mongodb.uri=mongodb://127.0.0.1:1/tasks?serverSelectionTimeoutMS=200" };
		Throwable thrown;
		try (ConfigurableApplicationContext own = TracedApplication.start(receiver, WebApplicationType.NONE,
				Application.class, down)) {
			thrown = failure(own);
		}
		RecordedTrace trace = trace(2);
		assertThat(only(trace)).hasName("find tasks")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", MongoTimeoutException.class.getName())
			.hasAttribute("db.namespace", "tasks")
			.hasNoAttribute("server.address")
			.hasEvent("exception");
		receiver.reset();
		try (ConfigurableApplicationContext off = TracedApplication.start(receiver, WebApplicationType.NONE,
				Application.class, down[0], down[1], "--hindspan.mongo.enabled=false")) {
			Throwable untraced = failure(off);
			assertThat(untraced).hasSameClassAs(thrown);
			assertThat(untraced.getCause()).hasSameClassAs(thrown.getCause());
		}
		assertThat(trace(1).spans()).hasSize(1);
	}

	private static Throwable failure(ConfigurableApplicationContext own) {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		ObservationRegistry registry = own.getBean(ObservationRegistry.class);
		Observation.createNotStarted("root", registry)
			.observe(() -> assertThatThrownBy(() -> own.getBean(MongoTemplate.class).findById("1", Task.class))
				.satisfies(thrown::set));
		assertThat(registry.getCurrentObservation()).isNull();
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		return thrown.get();
	}

	private static <T> T inRoot(Supplier<T> work) {
		return Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(work);
	}

	private RecordedTrace trace(int spans) {
		return receiver.awaitTrace((trace) -> trace.spans().size() >= spans && !trace.spans("root").isEmpty());
	}

	private static RecordedSpan only(RecordedTrace trace) {
		List<RecordedSpan> commands = trace
			.spans((span) -> span.scope().name().equals(CommandTracer.INSTRUMENTATION_SCOPE));
		assertThat(commands).hasSize(1);
		assertThat(commands.get(0)).isChildOf(trace.span("root"));
		return commands.get(0);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableMongoRepositories(considerNestedRepositories = true, basePackageClasses = TaskRepository.class)
	@RestController
	static class Application {

		private final ObjectProvider<ReactiveMongoTemplate> templates;

		Application(ObjectProvider<ReactiveMongoTemplate> templates) {
			this.templates = templates;
		}

		@GetMapping("/tasks/{id}")
		Mono<String> task(@PathVariable String id) {
			ReactiveMongoTemplate mongo = this.templates.getObject();
			return mongo.insert(new Task(id, "web"))
				.then(mongo.findById(id, Task.class))
				.flatMap((task) -> mongo.remove(task).thenReturn(task.title()));
		}

	}

	interface TaskRepository extends MongoRepository<Task, String> {

		List<Task> findByTitle(String title);

	}

	@Document("tasks")
	record Task(@Id String id, String title) {

	}

}
