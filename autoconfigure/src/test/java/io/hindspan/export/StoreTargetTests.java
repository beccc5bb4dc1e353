package io.hindspan.export;

import java.nio.file.Path;
import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;
import io.hindspan.store.TraceQuery;
import io.hindspan.store.TraceSearch;
import io.hindspan.store.TraceSearch.Order;
import io.hindspan.store.TraceStore;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the store of recent traces as a target of the span pipeline.
 */
@ExtendWith(OutputCaptureExtension.class)
class StoreTargetTests {

	private static final String NO_ENDPOINT = "--management.tracing.export.otlp.enabled=false";

	private static final String NOWHERE = "No span leaves this application";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(String... args) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, args);
	}

	private List<String> targets() {
		return this.context.getBean(SpanPipeline.class).targets().stream().map(Target::name).toList();
	}

	private Trace awaitTrace(int spans) {
		TraceStore store = this.context.getBean(TraceStore.class);
		await().until(() -> store.status().spans() == spans);
		return store.search(new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, 10))
			.traces()
			.get(0);
	}

	@Test
	void traceOfTheApplicationIsInTheStore() {
		start();
		ObservationRegistry registry = this.context.getBean(ObservationRegistry.class);
		Observation.createNotStarted("create", registry).observe(() -> {
			Observation.createNotStarted("validate", registry).observe(() -> {
			});
		});
		Trace trace = awaitTrace(2);
		assertThat(trace.root().name()).isEqualTo("create");
		assertThat(trace.childrenOf(trace.root())).extracting(SpanRecord::name).containsExactly("validate");
		assertThat(trace.root().service()).isEqualTo("tasks");
		assertThat(trace.spans().get(0).origin()).isSameAs(trace.spans().get(1).origin());
		assertThat(this.receiver.awaitSpans(2)).extracting("name").contains("create", "validate");
		assertThat(targets()).containsExactly("otlp", "store");
	}

	@Test
	void secretsAreMaskedBeforeTheStore() {
		start("--hindspan.guard.enabled=true");
		Span span = this.context.getBean(OpenTelemetry.class)
			.getTracer("test")
			.spanBuilder("log in")
			.setAttribute("user.password", "hunter2")
			.setAttribute("note", "write to jane.doe@example.com")
			.startSpan();
		span.recordException(new IllegalStateException("Authorization: Bearer abcdef0123456789abcdef"));
		span.end();
		Trace trace = awaitTrace(1);
		assertThat(trace.toString() + trace.spans()).contains("log in", "user.password", "note", "exception.message")
			.doesNotContain("hunter2", "jane.doe@example.com", "abcdef0123456789abcdef");
	}

	@Test
	void storeIsNoReasonToLeaveTheConsoleOut(CapturedOutput output) {
		start(NO_ENDPOINT);
		assertThat(targets()).containsExactly("console", "store");
		assertThat(output).doesNotContain(NOWHERE);
	}

	@Test
	void spansThatOnlyReachTheStoreLeadNowhere(CapturedOutput output) {
		start(NO_ENDPOINT, "--hindspan.environment=production", "--hindspan.store.enabled=true");
		assertThat(targets()).containsExactly("store");
		assertThat(output).containsOnlyOnce(NOWHERE);
	}

	@Test
	void nothingIsStoredInProduction() {
		start("--hindspan.environment=production");
		assertThat(targets()).containsExactly("otlp");
	}

	@Test
	void targetOfTheApplicationKeepsItsName() {
		start("--hindspan.export.targets.store.type=console");
		assertThat(targets()).containsExactly("otlp", "store", "store-2");
	}

	@Test
	void nothingWaitsOnDiskForTheStore(@TempDir Path directory) {
		start("--hindspan.export.spool.directory=" + directory);
		assertThat(this.context.getBean(SpanPipeline.class).targets()).filteredOn((target) -> target.spool() != null)
			.extracting(Target::name)
			.containsExactly("otlp");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
