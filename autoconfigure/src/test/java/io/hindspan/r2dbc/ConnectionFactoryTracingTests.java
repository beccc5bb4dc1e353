package io.hindspan.r2dbc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.r2dbc.h2.H2Connection;
import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.h2.H2Result;
import io.r2dbc.h2.H2Statement;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Wrapped;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.r2dbc.autoconfigure.DataR2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.ConnectionFactoryBuilder;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.r2dbc.connection.lookup.AbstractRoutingConnectionFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for the connection factories of applications: routers, classes of their own, and
 * what is done with their connections.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionFactoryTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(Class<?> source) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, source,
				"--hindspan.test.technologies=r2dbc", "--hindspan.r2dbc.acquire-threshold=0");
	}

	@Test
	void routerWithoutDefaultIsTracedAsWhatItLeadsTo() {
		start(Routing.class);
		for (String tenant : List.of("one", "two", "one")) {
			RecordedTrace trace = routed(tenant);
			assertThat(trace.span("SELECT")).hasAttribute("db.system.name", "h2database")
				.hasAttribute("db.namespace", tenant);
		}
		assertThat(routed("plain").span("SELECT")).hasAttribute("db.system.name", "h2database")
			.hasNoAttribute("db.namespace");
	}

	@Test
	void waitOfARouterIsOneSpan() {
		start(Routing.class);
		assertThat(routed("one").spans("db.connection.acquire")).hasSize(1);
		assertThat(routed("plain").spans("db.connection.acquire")).hasSize(1);
	}

	@Test
	void failureBehindARouterIsOneSpan() {
		start(Routing.class);
		RecordedTrace trace = traced(
				() -> assertThatExceptionOfType(R2dbcException.class).isThrownBy(() -> select("down").blockLast()));
		assertThat(trace.spans("db.connection.acquire")).singleElement()
			.satisfies((span) -> assertThat(span).hasStatus(StatusCode.ERROR));
	}

	@Test
	void factoryThatTellsNothingIsTraced() {
		start(Silent.class);
		assertThat(traced(() -> select("any").blockLast()).span("SELECT")).hasAttribute("db.system.name", "h2database");
	}

	@Test
	void connectionsOfTheDriversClassAreLeftAlone(CapturedOutput output) {
		start(ByItsClass.class);
		OwnConnectionFactory factory = this.context.getBean(OwnConnectionFactory.class);
		assertThatNoException().isThrownBy(() -> {
			H2Connection connection = factory.create().block();
			connection.close().block();
		});
		assertThat(output).contains("ConnectionFactory bean 'own' are not traced");
	}

	@Test
	void connectionsOfTheDriversClassAreTracedByTheInterface() {
		start(ByInterface.class);
		ConnectionFactory factory = this.context.getBean(ConnectionFactory.class);
		assertThat(AopUtils.isJdkDynamicProxy(factory)).isTrue();
		Connection connection = Mono.from(factory.create()).block();
		assertThat(connection).isInstanceOf(TracedConnection.class);
		assertThat(((Wrapped<?>) connection).unwrap()).isInstanceOf(H2Connection.class);
		assertThat(((Wrapped<?>) connection).unwrap(H2Connection.class)).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "any", "raw", "connections", "wildcard", "objects", "flux" })
	void connectionsThatMayBeOfAnyClassAreReplaced(String method) throws Exception {
		assertThat(CreateInterceptor.canReplace(Signatures.class.getMethod(method), BoundSignatures.class)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "drivers", "driversWildcard", "lower", "variable", "bound", "numbers", "own", "connection" })
	void connectionsOfAClassOfTheirOwnAreNot(String method) throws Exception {
		assertThat(CreateInterceptor.canReplace(Signatures.class.getMethod(method), BoundSignatures.class)).isFalse();
	}

	@Test
	void methodOfThatNameForOtherThingsIsLeftAlone() {
		start(WithOtherCreate.class);
		OtherCreate factory = this.context.getBean(OtherCreate.class);
		assertThat(factory.create("thing").block()).isEqualTo("thing");
		assertThat(factory.create(1).block()).isEqualTo(1);
		assertThat(Mono.from(factory.create()).block()).isInstanceOf(TracedConnection.class);
	}

	@Test
	void driversStatementsAndResultsAreReached() {
		start(Silent.class);
		Connection connection = Mono.from(this.context.getBean(ConnectionFactory.class).create()).block();
		RecordedTrace trace = traced(() -> {
			Wrapped<?> statement = (Wrapped<?>) connection.createStatement("select 1");
			assertThat(statement.unwrap(H2Statement.class)).isSameAs(statement.unwrap());
			assertThat(statement.unwrap(TracedStatement.class)).isSameAs(statement);
			assertThat(statement.unwrap(H2Result.class)).isNull();
			assertThat(((Wrapped<?>) connection.createBatch()).unwrap().getClass().getName()).contains(".h2.");
			Result result = Flux.from(connection.createStatement("select 1").execute()).blockLast();
			assertThat(((Wrapped<?>) result).unwrap(H2Result.class)).isNotNull();
			Mono.from(connection.close()).block();
		});
		assertThat(trace).hasSpanCount(2);
	}

	@Test
	void processorMayWaitForWhatReadsResults() {
		start(WithWaitingProcessor.class);
		WaitingProcessor processor = this.context.getBean(WaitingProcessor.class);
		Connection own = Mono.from(this.context.getBean(ConnectionFactory.class).create()).block();
		StatementTracer tracer = this.context.getBean(StatementTracer.class);
		TracedConnection connection = new TracedConnection((Connection) ((Wrapped<?>) own).unwrap(), tracer,
				Database.UNKNOWN);
		for (int i = 0; i < 3; i++) {
			StatementExecution execution = tracer.start(Context.root(), connection, connection.describe("select " + i),
					0);
			assertThat(execution).isNotNull();
			processor.executions.add(execution);
			execution.add(null);
			// The second ends the first, which nobody has read
			execution.doOnComplete();
		}
		processor.executions.get(2).startReading();
		processor.executions.get(2).readToEnd();
		assertThat(processor.ended).isEqualTo(3);
		assertThat(processor.blocked).isZero();
	}

	private RecordedTrace routed(String tenant) {
		return traced(() -> assertThat(select(tenant).collectList().block()).containsExactly(1));
	}

	private Flux<Integer> select(String tenant) {
		return Flux
			.usingWhen(this.context.getBean(ConnectionFactory.class).create(),
					(connection) -> Flux.from(connection.createStatement("select 1").execute())
						.flatMap((result) -> result.map((row, metadata) -> row.get(0, Integer.class))),
					Connection::close)
			.contextWrite((context) -> context.put("tenant", tenant));
	}

	private RecordedTrace traced(Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> !trace.spans("caller").isEmpty());
	}

	private static H2ConnectionFactory inMemory(String name) {
		return new H2ConnectionFactory(H2ConnectionConfiguration.builder().inMemory(name).build());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { R2dbcAutoConfiguration.class, DataR2dbcAutoConfiguration.class })
	static class Routing {

		@Bean
		ConnectionFactory one() {
			return ConnectionFactoryBuilder.withUrl("r2dbc:h2:mem:///one").build();
		}

		@Bean
		ConnectionFactory two() {
			return ConnectionFactoryBuilder.withUrl("r2dbc:h2:mem:///two").build();
		}

		@Bean
		ConnectionFactory down() {
			return ConnectionFactories.get("r2dbc:postgresql://nobody@127.0.0.1:1/test");
		}

		@Bean
		@Primary
		AbstractRoutingConnectionFactory router(ConnectionFactory one, ConnectionFactory two, ConnectionFactory down) {
			AbstractRoutingConnectionFactory router = new AbstractRoutingConnectionFactory() {

				@Override
				protected Mono<Object> determineCurrentLookupKey() {
					return Mono.deferContextual((context) -> Mono.just(context.get("tenant")));
				}

			};
			router
				.setTargetConnectionFactories(Map.of("one", one, "two", two, "down", down, "plain", inMemory("plain")));
			return router;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { R2dbcAutoConfiguration.class, DataR2dbcAutoConfiguration.class })
	static class Silent {

		@Bean
		ConnectionFactory silent() {
			H2ConnectionFactory delegate = inMemory("silent");
			return new ConnectionFactory() {

				@Override
				public Publisher<? extends Connection> create() {
					return delegate.create();
				}

				@Override
				public ConnectionFactoryMetadata getMetadata() {
					throw new IllegalStateException("silent");
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { R2dbcAutoConfiguration.class, DataR2dbcAutoConfiguration.class })
	static class ByItsClass {

		@Bean
		OwnConnectionFactory own() {
			return new OwnConnectionFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { R2dbcAutoConfiguration.class, DataR2dbcAutoConfiguration.class })
	static class ByInterface {

		@Bean
		ConnectionFactory own() {
			return new OwnConnectionFactory();
		}

	}

	static class OwnConnectionFactory implements ConnectionFactory {

		private final H2ConnectionFactory delegate = inMemory("typed");

		@Override
		public Mono<H2Connection> create() {
			return this.delegate.create();
		}

		@Override
		public ConnectionFactoryMetadata getMetadata() {
			return this.delegate.getMetadata();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { R2dbcAutoConfiguration.class, DataR2dbcAutoConfiguration.class })
	static class WithOtherCreate {

		@Bean
		OtherCreate other() {
			return new OtherCreate();
		}

	}

	static class OtherCreate implements ConnectionFactory {

		private final H2ConnectionFactory delegate = inMemory("other");

		@Override
		public Publisher<? extends Connection> create() {
			return this.delegate.create();
		}

		public Mono<String> create(String name) {
			return Mono.just(name);
		}

		public Mono<Object> create(int number) {
			return Mono.just(number);
		}

		@Override
		public ConnectionFactoryMetadata getMetadata() {
			return this.delegate.getMetadata();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Silent.class)
	static class WithWaitingProcessor {

		@Bean
		WaitingProcessor waitingProcessor() {
			return new WaitingProcessor();
		}

	}

	/** Waits for a thread that reads the results of all statements. */
	static class WaitingProcessor implements SpanProcessor {

		private final List<StatementExecution> executions = new CopyOnWriteArrayList<>();

		private volatile int ended;

		private volatile int blocked;

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
		}

		@Override
		public boolean isStartRequired() {
			return false;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			if (this.executions.isEmpty()) {
				return;
			}
			this.ended++;
			try {
				CompletableFuture.runAsync(() -> this.executions.forEach(StatementExecution::countRow))
					.get(5, TimeUnit.SECONDS);
			}
			catch (Exception ex) {
				this.blocked++;
			}
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

	}

	interface Signatures<B extends Connection, D> {

		Publisher<?> any();

		@SuppressWarnings("rawtypes")
		Publisher raw();

		Mono<Connection> connections();

		Publisher<? extends Connection> wildcard();

		Mono<Object> objects();

		Flux<Wrapped<Connection>> flux();

		Mono<H2Connection> drivers();

		Publisher<? extends H2Connection> driversWildcard();

		Mono<? super H2Connection> lower();

		<C extends Connection> Mono<C> variable();

		Mono<D> bound();

		Mono<Integer> numbers();

		CompletableFuture<Connection> own();

		Connection connection();

	}

	interface BoundSignatures extends Signatures<Connection, H2Connection> {

	}

}
