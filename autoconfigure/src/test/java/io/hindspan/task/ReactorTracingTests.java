package io.hindspan.task;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Reactor, from imperative code and back.
 */
class ReactorTracingTests {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static Traced traced;

	private static ObservationRegistry registry;

	private static Scheduler scheduler;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class);
		traced = new Traced(context);
		registry = context.getBean(ObservationRegistry.class);
		scheduler = Schedulers.newSingle("reactor-tests");
	}

	@AfterAll
	static void stop() {
		assertThat(CompletableFuture.supplyAsync(Seen::here, scheduler::schedule)).as("left behind")
			.succeedsWithin(BOUND)
			.isEqualTo(Seen.NOTHING);
		scheduler.dispose();
		context.close();
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void operatorsOnOtherThreadsSeeEverything() throws Exception {
		List<Seen> seen = traced.callInManualSpan("request",
				() -> Mono.fromCallable(Seen::here)
					.publishOn(scheduler)
					.map((first) -> List.of(first, Seen.here()))
					.flatMap((both) -> Mono.delay(Duration.ofMillis(1), scheduler)
						.map((tick) -> List.of(Seen.here(), both.get(0), both.get(1), Seen.here())))
					.block(BOUND));
		assertThat(seen).hasSize(4).containsOnly(seen.get(0));
		assertThat(seen.get(0).baggage("tenant")).isEqualTo("request");
		assertThat(seen.get(0).logSpanId()).isEqualTo(seen.get(0).spanId());
	}

	@Test
	void subscribingWithoutWaitingSeesEverything() throws Exception {
		CompletableFuture<Seen> result = new CompletableFuture<>();
		Seen here = traced.callInManualSpan("request", () -> {
			Mono.fromRunnable(() -> result.complete(Seen.here())).subscribeOn(scheduler).subscribe();
			return Seen.here();
		});
		assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(here);
	}

	@Test
	void futureSeesEverything() throws Exception {
		CompletableFuture<Seen> result = new CompletableFuture<>();
		Seen here = traced.callInManualSpan("request", () -> {
			Mono.delay(Duration.ofMillis(1), scheduler)
				.map((tick) -> Seen.here())
				.toFuture()
				.thenAccept(result::complete);
			return Seen.here();
		});
		assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(here);
	}

	@Test
	void fromImperativeCodeToReactiveAndBack() throws Exception {
		traced.callInManualSpan("request", () -> {
			ExecutorService executor = context.getBean(ExecutorService.class);
			Flux.range(1, 2)
				.flatMap((i) -> Mono.fromCallable(() -> observe("reactive " + i))
					.subscribeOn(Schedulers.boundedElastic())
					.then(Mono
						.fromFuture(() -> CompletableFuture.supplyAsync(() -> observe("imperative " + i), executor))))
				.blockLast(BOUND);
			return null;
		});
		assertThat(receiver.awaitTrace((trace) -> trace.spans().size() == 6))
			.matchesTree(span("observed request").with(span("request").with(span("reactive 1"), span("imperative 1"),
					span("reactive 2"), span("imperative 2"))));
	}

	@Test
	void observationOfTheChainGoesBeforeWhatWasCaptured() throws Exception {
		traced.callInManualSpan("request", () -> {
			Observation inner = Observation.start("inner", registry);
			Mono.fromCallable(() -> observe("work"))
				.subscribeOn(scheduler)
				.contextWrite((view) -> view.put(ObservationThreadLocalAccessor.KEY, inner))
				.doFinally((signal) -> inner.stop())
				.block(BOUND);
			return null;
		});
		assertThat(receiver.awaitTrace((trace) -> trace.spans().size() == 4))
			.matchesTree(span("observed request").with(span("request").with(span("inner").with(span("work")))));
	}

	@Test
	void nothingIsCarriedFromNothing() {
		assertThat(Mono.fromCallable(Seen::here).subscribeOn(scheduler).block(BOUND)).isEqualTo(Seen.NOTHING);
	}

	private static String observe(String name) {
		return Observation.createNotStarted(name, registry).observe(() -> name);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ExecutorService executor() {
			return Executors.newFixedThreadPool(2);
		}

	}

}
