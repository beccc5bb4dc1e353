package io.hindspan.task;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for Micrometer's snapshots, which carry what no observation stands for too.
 */
class ContextSnapshotTests {

	private static OtlpReceiver receiver;

	private static ConfigurableApplicationContext context;

	private static Traced traced;

	private static ExecutorService executor;

	@BeforeAll
	static void start() {
		receiver = OtlpReceiver.start();
		context = TracedApplication.start(receiver, WebApplicationType.NONE, Application.class);
		traced = new Traced(context);
		executor = Executors.newSingleThreadExecutor();
	}

	@AfterAll
	static void stop() {
		executor.shutdownNow();
		context.close();
		receiver.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void snapshotCarriesEverything(boolean clearMissing) throws Exception {
		ContextSnapshotFactory factory = ContextSnapshotFactory.builder().clearMissing(clearMissing).build();
		assertCarries(factory, (code) -> traced.call("request", code));
		assertCarries(factory, (code) -> traced.callInSpan("request", code));
		assertCarries(factory, (code) -> traced.callInManualSpan("request", code));
		assertCarries(factory, (code) -> traced.callInManualSpan("request", () -> traced.call("inner", code)));
	}

	private void assertCarries(ContextSnapshotFactory factory, Surroundings surroundings) throws Exception {
		Captured captured = surroundings.run(() -> new Captured(Seen.here(), factory.captureAll().wrap(Seen::here)));
		assertThat(executor.submit(captured.look()).get()).isEqualTo(captured.here());
		assertThat(executor.submit(Seen::here).get()).as("left behind").isEqualTo(Seen.NOTHING);
	}

	@Test
	void snapshotReplacesAndRestores() throws Exception {
		ContextSnapshotFactory factory = ContextSnapshotFactory.builder().clearMissing(true).build();
		for (Surroundings surroundings : List.<Surroundings>of((code) -> traced.call("request", code),
				(code) -> traced.callInSpan("request", code), (code) -> traced.callInManualSpan("request", code))) {
			Captured captured = surroundings
				.run(() -> new Captured(Seen.here(), factory.captureAll().wrap(Seen::here)));
			traced.callInManualSpan("elsewhere", () -> {
				Seen before = Seen.here();
				assertThat(captured.look().call()).isEqualTo(captured.here()).isNotEqualTo(before);
				assertThat(Seen.here()).as("restored").isEqualTo(before);
				return null;
			});
		}
	}

	@Test
	void emptySnapshotClears() throws Exception {
		ContextSnapshot nothing = ContextSnapshotFactory.builder().clearMissing(true).build().captureAll();
		traced.callInManualSpan("request", () -> {
			Seen before = Seen.here();
			try (ContextSnapshot.Scope scope = nothing.setThreadLocals()) {
				assertThat(Seen.here().traceId()).isEqualTo(Seen.NOTHING.traceId());
				assertThat(CarriedContext.current()).isNull();
				Seen inner = traced.call("own", Seen::here);
				assertThat(inner.traceId()).isNotEqualTo(before.traceId());
				assertThat(inner.logId()).isEqualTo(inner.traceId());
			}
			assertThat(Seen.here()).isEqualTo(before);
			return null;
		});
	}

	@Test
	void accessorIsRegisteredOnceForAllApplications() {
		for (int i = 0; i < 2; i++) {
			TracedApplication.start(receiver, WebApplicationType.NONE, Application.class).close();
		}
		assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
			.filteredOn((accessor) -> accessor.key().equals(CarriedContextAccessor.KEY))
			.hasSize(1);
	}

	@Test
	void registrationComesAfterTheOneOfTheObservation() {
		assertThat(ContextRegistry.getInstance().getThreadLocalAccessors().stream().map((accessor) -> accessor.key()))
			.containsSubsequence("micrometer.observation", CarriedContextAccessor.KEY);
	}

	interface Surroundings {

		Captured run(Callable<Captured> code) throws Exception;

	}

	record Captured(Seen here, Callable<Seen> look) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
