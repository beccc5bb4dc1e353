package io.hindspan.r2dbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Wrapped;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcProxyAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.annotation.Id;
import org.springframework.data.r2dbc.core.R2dbcEntityTemplate;
import org.springframework.data.r2dbc.repository.config.EnableR2dbcRepositories;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import org.springframework.r2dbc.connection.lookup.AbstractRoutingConnectionFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.sql.DatabaseSystem;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.PostgresServer;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the exported spans of statements by R2DBC.
 */
class R2dbcTracingIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@Nested
	class OnPostgres extends OnDatabase {

		OnPostgres() {
			super(WithoutProxy.class, "postgresql", "test", "23505",
					"--spring.r2dbc.url=r2dbc:postgresql://%s:%d/test".formatted(PostgresServer.shared().host(),
							PostgresServer.shared().port()),
					"--spring.r2dbc.username=" + PostgresServer.shared().username(),
					"--spring.r2dbc.password=" + PostgresServer.shared().password());
		}

		@Test
		void statementTellsItsServer() {
			RecordedTrace trace = traced(() -> this.client.sql("select 1 as one").fetch().all());
			assertThat(only(trace)).hasName("SELECT")
				.hasAttribute("server.address", PostgresServer.shared().host())
				.hasAttribute("server.port", (long) PostgresServer.shared().port());
		}

		@Test
		void driversConnectionIsReachedAsEver() {
			Connection connection = Mono.from(this.factory.create()).block(TIMEOUT);
			assertThat(connection).isInstanceOf(Wrapped.class);
			assertThat(((Wrapped<?>) connection).unwrap()).isInstanceOf(PostgresqlConnection.class);
			Mono.from(connection.close()).block(TIMEOUT);
		}

		@Test
		void productIsThatOfEachConnectionWhereTheFactoryHasNoOptions() {
			AbstractRoutingConnectionFactory router = new AbstractRoutingConnectionFactory() {

				@Override
				protected Mono<Object> determineCurrentLookupKey() {
					return Mono.empty();
				}

			};
			FactoryDatabase database = new FactoryDatabase(router);
			Connection here = Mono.from(this.factory.create()).block(TIMEOUT);
			Connection there = Mono.from(ConnectionFactories.get("r2dbc:h2:mem:///there").create()).block(TIMEOUT);
			assertThat(database.of(here).system()).isEqualTo(DatabaseSystem.POSTGRESQL);
			assertThat(database.of(there).system()).isEqualTo(DatabaseSystem.H2);
			assertThat(database.of(here).system()).isEqualTo(DatabaseSystem.POSTGRESQL);
			Mono.from(here.close()).then(Mono.from(there.close())).block(TIMEOUT);
		}

		@Test
		void noticeIsNoFailure() {
			AtomicReference<String> told = new AtomicReference<>();
			RecordedTrace trace = traced(() -> onConnection((connection) -> Flux
				.from(connection.createStatement("do $$ begin raise warning 'careful'; end $$").execute())
				.flatMap((result) -> result.flatMap((segment) -> {
					if (segment instanceof Result.Message message) {
						told.set(message.message());
					}
					return Mono.empty();
				}))));
			assertThat(told).hasValue("careful");
			assertThat(statements(trace)).singleElement()
				.satisfies((span) -> assertThat(span).hasStatus(StatusCode.UNSET).hasNoEvents());
		}

		@Test
		void messageOfAFailureIsOne() {
			RecordedTrace trace = traced(
					() -> onConnection((connection) -> Flux.from(connection.createStatement("select 1 / 0").execute())
						.flatMap((result) -> result.flatMap((segment) -> Mono.empty()))));
			assertThat(statements(trace)).singleElement()
				.satisfies((span) -> assertThat(span).hasStatus(StatusCode.ERROR)
					.hasAttribute("db.response.status_code", "22012"));
		}

		@Test
		void failureToReadASegmentIsTheApplications() {
			RecordedTrace mapped = tracedFailure(() -> onConnection(
					(connection) -> Flux.from(connection.createStatement("select title from r2dbc_tasks").execute())
						.flatMap((result) -> result.flatMap((segment) -> {
							throw new IllegalStateException("unreadable");
						}))),
					IllegalStateException.class);
			assertThat(only(mapped)).hasStatus(StatusCode.UNSET).hasNoEvents();
			this.receiver.reset();
			RecordedTrace filtered = tracedFailure(() -> onConnection(
					(connection) -> Flux.from(connection.createStatement("select title from r2dbc_tasks").execute())
						.flatMap((result) -> result.filter((segment) -> {
							throw new IllegalStateException("unreadable");
						}).map((row, metadata) -> 1))),
					IllegalStateException.class);
			assertThat(only(filtered)).hasStatus(StatusCode.UNSET).hasNoEvents();
		}

		@Test
		void abandonedStatementIsCancelled() {
			RecordedTrace trace = tracedFailure(
					() -> this.client.sql("select pg_sleep(2)").fetch().all().timeout(Duration.ofMillis(200)),
					TimeoutException.class);
			assertThat(only(trace)).hasName("SELECT")
				.hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", "cancelled");
		}

		@Test
		void rowThatCannotBeFetchedIsAnErrorOfItsStatement() {
			RecordedTrace trace = tracedFailure(
					() -> this.client.sql("select 1 / (50 - n) from generate_series(1, 95) n").fetch().all(),
					DataAccessException.class);
			assertThat(only(trace)).hasStatus(StatusCode.ERROR).hasAttribute("db.response.status_code", "22012");
		}

	}

	@Nested
	class OnH2 extends OnDatabase {

		OnH2() {
			super(Application.class, "h2database", "r2dbctracing", "23505",
					"--spring.r2dbc.url=r2dbc:h2:mem:///r2dbctracing?options=DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=false;CASE_INSENSITIVE_IDENTIFIERS=TRUE",
					"--spring.r2dbc.pool.enabled=true");
		}

		@Test
		void embeddedDatabaseHasNoServer() {
			RecordedTrace trace = traced(() -> this.client.sql("select 1 as one").fetch().all());
			assertThat(only(trace)).hasName("SELECT").hasNoAttribute("server.address", "server.port");
		}

	}

	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	abstract static class OnDatabase {

		private final Class<?> application;

		private final String system;

		private final String namespace;

		private final String duplicateKey;

		private final String[] properties;

		OtlpReceiver receiver;

		private ConfigurableApplicationContext context;

		ConnectionFactory factory;

		DatabaseClient client;

		OnDatabase(Class<?> application, String system, String namespace, String duplicateKey, String... properties) {
			this.application = application;
			this.system = system;
			this.namespace = namespace;
			this.duplicateKey = duplicateKey;
			this.properties = properties;
		}

		@BeforeAll
		void start() {
			this.receiver = OtlpReceiver.start();
			String[] arguments = Flux.fromArray(this.properties)
				.concatWithValues("--hindspan.test.technologies=r2dbc", "--hindspan.r2dbc.acquire-threshold=1h",
						"--spring.r2dbc.pool.initial-size=1")
				.collectList()
				.block()
				.toArray(String[]::new);
			this.context = TracedApplication.start(this.receiver, WebApplicationType.REACTIVE, this.application,
					arguments);
			this.factory = this.context.getBean(ConnectionFactory.class);
			this.client = this.context.getBean(DatabaseClient.class);
			run("drop table if exists r2dbc_tasks");
			run("create table r2dbc_tasks (id bigint primary key, title varchar(100))");
		}

		@AfterAll
		void stop() {
			this.context.close();
			this.receiver.close();
		}

		@BeforeEach
		void reset() {
			run("delete from r2dbc_tasks");
			run("insert into r2dbc_tasks (id, title) values (1, 'first'), (2, 'second'), (3, 'third')");
			this.receiver.awaitQuiet(Duration.ofMillis(100));
			this.receiver.reset();
		}

		private void run(String sql) {
			this.client.sql(sql).then().block(TIMEOUT);
		}

		@Test
		void poolStaysAPool() {
			assertThat(this.context.getBean(ConnectionPool.class).getMetrics()).isPresent();
		}

		@Test
		void queryIsASpanWithItsRows() {
			RecordedTrace trace = traced(
					() -> this.client.sql("select id, title from r2dbc_tasks where id > :id and title <> 'secret'")
						.bind("id", 1L)
						.fetch()
						.all());
			assertThat(only(trace)).hasName("SELECT r2dbc_tasks")
				.hasKind(SpanKind.CLIENT)
				.hasScope("io.hindspan.r2dbc")
				.hasStatus(StatusCode.UNSET)
				.hasAttribute("db.system.name", this.system)
				.hasAttribute("db.namespace", this.namespace)
				.hasAttribute("db.operation.name", "SELECT")
				.hasAttribute("db.collection.name", "r2dbc_tasks")
				.hasAttribute("db.query.text", "select id, title from r2dbc_tasks where id > $1 and title <> ?")
				.hasAttribute("db.response.returned_rows", 2L);
		}

		@Test
		void updateIsASpanWithItsRows() {
			RecordedTrace trace = traced(() -> this.client.sql("update r2dbc_tasks set title = 'x' where id > 1")
				.fetch()
				.rowsUpdated()
				.doOnNext((rows) -> assertThat(rows).isEqualTo(2)));
			assertThat(only(trace)).hasName("UPDATE r2dbc_tasks").hasAttribute("hindspan.db.affected_rows", 2L);
		}

		@Test
		void firstRowIsEnough() {
			RecordedTrace trace = traced(() -> this.client.sql("select title from r2dbc_tasks order by id")
				.map((row) -> row.get("title", String.class))
				.first()
				.doOnNext((title) -> assertThat(title).isEqualTo("first")));
			assertThat(only(trace)).hasName("SELECT r2dbc_tasks").hasStatus(StatusCode.UNSET);
		}

		@Test
		void noRowsAreZeroRows() {
			RecordedTrace trace = traced(
					() -> this.client.sql("select title from r2dbc_tasks where id > 99").fetch().one());
			assertThat(only(trace)).hasStatus(StatusCode.UNSET).hasAttribute("db.response.returned_rows", 0L);
		}

		@Test
		void failureIsAnErrorWithItsState() {
			RecordedTrace trace = tracedFailure(
					() -> this.client.sql("insert into r2dbc_tasks (id, title) values (1, 'again')").then(),
					DataIntegrityViolationException.class);
			assertThat(only(trace)).hasName("INSERT r2dbc_tasks")
				.hasStatus(StatusCode.ERROR)
				.hasAttribute("db.response.status_code", this.duplicateKey)
				.hasAttribute("error.type")
				.hasEvent("exception");
			assertThat(trace.span("root").events()).isEmpty();
		}

		@Test
		void failureToReadARowIsTheApplications() {
			RecordedTrace trace = tracedFailure(() -> this.client.sql("select title from r2dbc_tasks").map((row) -> {
				throw new IllegalStateException("unreadable");
			}).all(), IllegalStateException.class);
			assertThat(only(trace)).hasStatus(StatusCode.UNSET).hasNoEvents();
			assertThat(trace.span("root")).hasEvent("exception");
		}

		@Test
		void bindingsAreABatch() {
			RecordedTrace trace = traced(() -> onConnection((connection) -> Flux
				.from(connection.createStatement("insert into r2dbc_tasks (id, title) values ($1, $2)")
					.bind(0, 11L)
					.bind(1, "a")
					.add()
					.bind(0, 12L)
					.bind(1, "b")
					.execute())
				.flatMap(Result::getRowsUpdated)));
			assertThat(only(trace)).hasName("BATCH INSERT r2dbc_tasks")
				.hasAttribute("db.operation.batch.size", 2L)
				.hasAttribute("hindspan.db.affected_rows", 2L);
		}

		@Test
		void batchOfTextsIsASpan() {
			RecordedTrace trace = traced(() -> onConnection((connection) -> Flux
				.from(connection.createBatch()
					.add("delete from r2dbc_tasks where id = 1")
					.add("update r2dbc_tasks set title = 'y' where id > 1")
					.execute())
				.concatMap(Result::getRowsUpdated)));
			assertThat(only(trace)).hasName("BATCH")
				.hasAttribute("db.operation.batch.size", 2L)
				.hasAttribute("hindspan.db.affected_rows", 3L);
		}

		@Test
		void resultsByMonoAndSegmentsAreCounted() {
			RecordedTrace trace = traced(() -> onConnection((connection) -> Mono
				.from(connection.createStatement("update r2dbc_tasks set title = 'z'").execute())
				.flatMap((result) -> Mono.from(result.getRowsUpdated()))
				.thenMany(Flux.from(connection.createStatement("select id from r2dbc_tasks").execute())
					.flatMap((result) -> result.filter((segment) -> segment instanceof Result.RowSegment)
						.flatMap((segment) -> Mono.just(((Result.RowSegment) segment).row().get(0)))))));
			assertThat(statements(trace)).extracting(RecordedSpan::name)
				.containsExactly("UPDATE r2dbc_tasks", "SELECT r2dbc_tasks");
			assertThat(trace.span("UPDATE r2dbc_tasks")).hasAttribute("hindspan.db.affected_rows", 3L);
			assertThat(trace.span("SELECT r2dbc_tasks")).hasAttribute("db.response.returned_rows", 3L);
		}

		@Test
		void resultsThatNobodyReadsEndWithTheConnection() {
			RecordedTrace trace = traced(() -> onConnection((connection) -> Flux
				.from(connection.createStatement("delete from r2dbc_tasks where id = 99").execute())
				.then()));
			assertThat(only(trace)).hasName("DELETE r2dbc_tasks").hasStatus(StatusCode.UNSET);
		}

		@Test
		void statementsForRowsOfAnotherAreSiblings() {
			RecordedTrace trace = traced(
					() -> operator().transactional(this.client.sql("select id from r2dbc_tasks order by id")
						.map((row) -> row.get("id", Long.class))
						.all()
						.collectList()
						.flatMapMany(Flux::fromIterable)
						.concatMap((id) -> this.client.sql("update r2dbc_tasks set title = 'n' where id = " + id)
							.fetch()
							.rowsUpdated())));
			assertThat(trace).matchesTree(span("root").with(span("SELECT r2dbc_tasks", SpanKind.CLIENT),
					span("UPDATE r2dbc_tasks", SpanKind.CLIENT), span("UPDATE r2dbc_tasks", SpanKind.CLIENT),
					span("UPDATE r2dbc_tasks", SpanKind.CLIENT)));
			assertThat(trace.span("SELECT r2dbc_tasks")).hasAttribute("db.response.returned_rows", 3L);
		}

		@Test
		void transactionIsRolledBackAsEver() {
			RecordedTrace trace = tracedFailure(
					() -> operator().transactional(this.client.sql("delete from r2dbc_tasks")
						.fetch()
						.rowsUpdated()
						.then(Mono.error(new IllegalArgumentException("no")))),
					IllegalArgumentException.class);
			assertThat(only(trace)).hasName("DELETE r2dbc_tasks").hasAttribute("hindspan.db.affected_rows", 3L);
			assertThat(this.client.sql("select * from r2dbc_tasks").fetch().all().collectList().block(TIMEOUT))
				.hasSize(3);
		}

		@Test
		void springDataIsASpanForEachStatement() {
			R2dbcEntityTemplate template = new R2dbcEntityTemplate(this.factory);
			TaskRepository repository = this.context.getBean(TaskRepository.class);
			RecordedTrace trace = traced(() -> template.insert(new Task(21L, "data"))
				.flatMap((task) -> repository.findById(21L))
				.flatMap((task) -> repository.deleteById(21L)));
			assertThat(statements(trace)).extracting(RecordedSpan::name)
				.containsExactly("INSERT r2dbc_tasks", "SELECT r2dbc_tasks", "DELETE r2dbc_tasks");
		}

		@Test
		void parentIsRightFromImperativeCode() {
			Observation.createNotStarted("root", registry())
				.observe(() -> this.client.sql("select * from r2dbc_tasks").fetch().all().collectList().block(TIMEOUT));
			RecordedTrace trace = this.receiver.awaitTrace((candidate) -> candidate.spans().size() == 2);
			assertThat(trace).matchesTree(span("root").with(span("SELECT r2dbc_tasks", SpanKind.CLIENT)));
		}

		@Test
		void parentIsRightInWebFlux() {
			WebClient caller = WebClient.create("http://localhost:" + TracedApplication.port(this.context));
			Flux.range(0, 12)
				.flatMap((i) -> caller.get().uri("/tasks/{id}", 100 + i).retrieve().bodyToMono(Long.class), 12)
				.collectList()
				.block(TIMEOUT);
			this.receiver.awaitSpans(48);
			assertThat(this.receiver.traces()).hasSize(12)
				.allSatisfy((trace) -> assertThat(trace).matchesTree(span("GET /tasks/{id}", SpanKind.SERVER).with(
						span("INSERT r2dbc_tasks", SpanKind.CLIENT), span("SELECT r2dbc_tasks", SpanKind.CLIENT),
						span("DELETE r2dbc_tasks", SpanKind.CLIENT))));
		}

		Publisher<?> onConnection(Function<Connection, Publisher<?>> work) {
			return Flux.usingWhen(this.factory.create(), work, Connection::close);
		}

		private TransactionalOperator operator() {
			return this.context.getBean(TransactionalOperator.class);
		}

		private ObservationRegistry registry() {
			return this.context.getBean(ObservationRegistry.class);
		}

		RecordedTrace traced(Supplier<Publisher<?>> work) {
			Observation root = Observation.start("root", registry());
			Flux.defer(() -> Flux.<Object>from(work.get()))
				.contextWrite((context) -> context.put("micrometer.observation", root))
				.doOnTerminate(root::stop)
				.then()
				.block(TIMEOUT);
			return awaitRoot();
		}

		RecordedTrace tracedFailure(Supplier<Publisher<?>> work, Class<? extends Throwable> type) {
			Observation root = Observation.start("root", registry());
			AtomicReference<Throwable> thrown = new AtomicReference<>();
			Flux.defer(() -> Flux.<Object>from(work.get()))
				.contextWrite((context) -> context.put("micrometer.observation", root))
				.doOnError((ex) -> {
					thrown.set(ex);
					root.error(ex);
				})
				.doOnTerminate(root::stop)
				.then()
				.onErrorComplete()
				.block(TIMEOUT);
			assertThat(thrown.get()).isInstanceOf(type);
			return awaitRoot();
		}

		private RecordedTrace awaitRoot() {
			return this.receiver.awaitTrace((trace) -> trace.spans().size() > 1 && !trace.spans("root").isEmpty());
		}

		List<RecordedSpan> statements(RecordedTrace trace) {
			return trace.spans((span) -> span.scope().name().equals(StatementTracer.INSTRUMENTATION_SCOPE));
		}

		RecordedSpan only(RecordedTrace trace) {
			List<RecordedSpan> statements = statements(trace);
			assertThat(statements).hasSize(1);
			assertThat(statements.get(0)).isChildOf(trace.span("root"));
			return statements.get(0);
		}

	}

	@Test
	void serverThatIsDownIsAnErrorAndTheSameWhenOff() {
		try (OtlpReceiver receiver = OtlpReceiver.start()) {
			String[] down = { "--hindspan.test.technologies=r2dbc", "--spring.r2dbc.pool.enabled=false",
					"--spring.r2dbc.url=r2dbc:postgresql://127.0.0.1:1/test", "--spring.r2dbc.username=tasks" };
			try (ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
					Application.class, down)) {
				Throwable thrown = failure(context);
				RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() == 2);
				assertThat(trace).span("db.connection.acquire")
					.hasStatus(StatusCode.ERROR)
					.hasAttribute("error.type", thrown.getCause().getClass().getName())
					.hasEvent("exception");
				receiver.reset();
				try (ConfigurableApplicationContext off = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class, down[0], down[1], down[2], down[3], "--hindspan.r2dbc.enabled=false")) {
					Throwable untraced = failure(off);
					assertThat(untraced).hasSameClassAs(thrown);
					assertThat(untraced.getCause()).hasSameClassAs(thrown.getCause());
					receiver.awaitTrace((candidate) -> !candidate.spans("root").isEmpty());
				}
			}
		}
	}

	private static Throwable failure(ConfigurableApplicationContext context) {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Observation.createNotStarted("root", context.getBean(ObservationRegistry.class))
			.observe(() -> assertThatThrownBy(
					() -> context.getBean(DatabaseClient.class).sql("select 1").fetch().all().blockLast(TIMEOUT))
				.satisfies(thrown::set));
		assertThat(context.getBean(ObservationRegistry.class).getCurrentObservation()).isNull();
		return thrown.get();
	}

	/** Where nothing of r2dbc-proxy is between. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = R2dbcProxyAutoConfiguration.class)
	@EnableR2dbcRepositories(considerNestedRepositories = true, basePackageClasses = TaskRepository.class)
	static class WithoutProxy extends Endpoint {

		WithoutProxy(ObjectProvider<DatabaseClient> clients) {
			super(clients);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableR2dbcRepositories(considerNestedRepositories = true, basePackageClasses = TaskRepository.class)
	static class Application extends Endpoint {

		Application(ObjectProvider<DatabaseClient> clients) {
			super(clients);
		}

	}

	@RestController
	abstract static class Endpoint {

		private final ObjectProvider<DatabaseClient> clients;

		Endpoint(ObjectProvider<DatabaseClient> clients) {
			this.clients = clients;
		}

		@GetMapping("/tasks/{id}")
		Mono<Long> task(@PathVariable long id) {
			DatabaseClient client = this.clients.getObject();
			return client.sql("insert into r2dbc_tasks (id, title) values (:id, 'web')")
				.bind("id", id)
				.fetch()
				.rowsUpdated()
				.then(client.sql("select title from r2dbc_tasks where id = :id").bind("id", id).fetch().one())
				.flatMap((row) -> client.sql("delete from r2dbc_tasks where id = :id")
					.bind("id", id)
					.fetch()
					.rowsUpdated());
		}

	}

	interface TaskRepository extends ReactiveCrudRepository<Task, Long> {

	}

	@Table("r2dbc_tasks")
	record Task(@Id Long id, String title) {

	}

}
