package io.hindspan.export;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.hindspan.export.MisbehavingServer.Behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what happens to spans and to the application when a backend misbehaves, with
 * the real OTLP exporter behind the real batch processor.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExportFaultTests {

	private static final int BATCH = 10;

	private static final int SPANS = 50;

	private static final Duration TIMEOUT = Duration.ofMillis(400);

	private static final Duration SHUTDOWN = Duration.ofSeconds(2);

	/**
	 * Much more than a span takes, much less than any reply that a thread could wait for.
	 */
	private static final Duration LATENCY = Duration.ofMillis(200);

	private final List<String> names = IntStream.range(0, SPANS).mapToObj((i) -> "span-" + i).toList();

	private Target target;

	private SdkTracerProvider provider;

	@AfterEach
	void close() {
		if (this.provider != null) {
			this.provider.close();
		}
	}

	private void start(String endpoint) {
		start(endpoint, 100 * BATCH, "otlp", TIMEOUT);
	}

	private void start(String endpoint, int maxQueueSize, String name, Duration timeout) {
		TargetProperties properties = new TargetProperties(TargetProperties.Type.OTLP, endpoint,
				TargetProperties.Transport.HTTP, Map.of(), TargetProperties.Compression.NONE, timeout, timeout,
				new TargetProperties.Ssl(null));
		Delivery delivery = new Delivery(maxQueueSize, Duration.ofSeconds(10), SHUTDOWN, Duration.ofMillis(20),
				Duration.ofMillis(80));
		this.target = new Target(name, new TargetExporters(null).create(name, properties), delivery, Clock.systemUTC(),
				null);
		this.provider = SdkTracerProvider.builder()
			.addSpanProcessor(BatchSpanProcessor.builder(new Targets(List.of(this.target), null))
				.setMaxExportBatchSize(BATCH)
				.setScheduleDelay(Duration.ofMillis(5))
				.build())
			.build();
	}

	/**
	 * Makes spans, none of which may wait for anybody.
	 */
	private void makeSpans() {
		Tracer tracer = this.provider.get("test");
		int slow = 0;
		for (String name : this.names) {
			long begin = System.nanoTime();
			tracer.spanBuilder(name).startSpan().end();
			if (System.nanoTime() - begin > LATENCY.toNanos()) {
				slow++;
			}
		}
		// A machine may stop for once
		assertThat(slow).isLessThanOrEqualTo(1);
	}

	static Stream<Behaviour> passing() {
		return Stream.of(Behaviour.reset(), Behaviour.hang(), Behaviour.status("429 Too Many Requests"),
				Behaviour.status("502 Bad Gateway"), Behaviour.status("503 Service Unavailable", "Retry-After: 0"),
				Behaviour.status("504 Gateway Timeout"), Behaviour.raw("no reply", false, ""),
				Behaviour.raw("truncated status", false, "HTTP/1.1 20"),
				Behaviour.raw("truncated headers", false, "HTTP/1.1 200 OK\r\nContent-Le"),
				Behaviour.raw("no HTTP", false, "220 mail.example ESMTP\r\n"), Behaviour.page());
	}

	@ParameterizedTest
	@MethodSource("passing")
	void nothingIsLostWhileTheFailurePasses(Behaviour behaviour, CapturedOutput output) throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start(behaviour, behaviour, behaviour)) {
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> assertThat(server.taken()).containsExactlyInAnyOrderElementsOf(this.names));
			await().untilAsserted(() -> assertCounts(SPANS, 0));
			assertThat(this.target.statistics().retries()).isEqualTo(3);
			assertThat(sendingThreads()).isEqualTo(1);
			assertThat(this.target.status().lastError()).isNotNull();
			assertThat(this.target.status().state()).isEqualTo(TargetStatus.State.REACHED);
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("WARN") || line.contains("ERROR")))
			.singleElement()
			.asString()
			.contains("Target 'otlp' ")
			.contains("Spans for it wait");
		assertThat(output).containsOnlyOnce("Target 'otlp' takes spans again");
	}

	static Stream<Behaviour> lasting() {
		return Stream.of(Behaviour.status("400 Bad Request"), Behaviour.status("401 Unauthorized"),
				Behaviour.status("404 Not Found"), Behaviour.status("413 Content Too Large"),
				Behaviour.status("500 Internal Server Error"), Behaviour.status("302 Found", "Location: /"));
	}

	@ParameterizedTest
	@MethodSource("lasting")
	void whatNoRetryMendsIsSetAsideAndBlocksNothing(Behaviour behaviour, CapturedOutput output) throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start(behaviour)) {
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> {
				assertThat(server.received()).containsExactlyInAnyOrderElementsOf(this.names);
				assertThat(this.target.size()).isZero();
			});
			long refused = SPANS - server.taken().size();
			assertThat(refused).isBetween(1L, (long) BATCH);
			assertCounts(SPANS - refused, refused);
			assertThat(this.target.statistics().dropped(DropReason.REJECTED)).isEqualTo(refused);
			assertThat(this.target.statistics().retries()).isZero();
			assertThat(this.target.status().lastError())
				.isEqualTo("answers with status " + behaviour.name().substring(0, 3));
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("WARN") || line.contains("ERROR")))
			.hasSize(1);
	}

	@Test
	void everyBatchThatIsRefusedIsCountedAndSaidOnce(CapturedOutput output) throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start()) {
			for (int i = 0; i < SPANS; i++) {
				server.order(Behaviour.status("401 Unauthorized"));
			}
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> assertCounts(0, SPANS));
			assertThat(server.taken()).isEmpty();
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("401"))).hasSize(1);
	}

	@Test
	void partialSuccessIsCounted() throws IOException {
		byte[] response = ExportTraceServiceResponse.newBuilder()
			.setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(3).setErrorMessage("too\nold"))
			.build()
			.toByteArray();
		try (MisbehavingServer server = MisbehavingServer.start(Behaviour.partial(response))) {
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> assertCounts(SPANS - 3, 3));
			assertThat(server.received()).containsExactlyInAnyOrderElementsOf(this.names);
			assertThat(this.target.status().lastError()).isEqualTo("refuses 3 spans of a batch (too old)");
		}
	}

	@Test
	void replyThatBreaksOffAfterItsStatusMeansTaken() throws IOException {
		Behaviour behaviour = Behaviour.raw("truncated body", true,
				"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\nabc");
		try (MisbehavingServer server = MisbehavingServer.start(behaviour)) {
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> assertCounts(SPANS, 0));
			assertThat(server.taken()).containsExactlyInAnyOrderElementsOf(this.names);
		}
	}

	@Test
	void retryAfterIsHeeded() throws IOException {
		try (MisbehavingServer server = MisbehavingServer
			.start(Behaviour.status("429 Too Many Requests", "Retry-After: 1"))) {
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> assertCounts(SPANS, 0));
			List<Long> arrivals = server.arrivals();
			assertThat(arrivals.get(1) - arrivals.get(0)).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
		}
	}

	@Test
	void nothingIsLostWhileNobodyListens() throws IOException {
		int port = MisbehavingServer.freePort();
		start("http://127.0.0.1:" + port + "/v1/traces");
		makeSpans();
		await().untilAsserted(() -> assertThat(this.target.statistics().retries()).isGreaterThan(3));
		assertThat(this.target.size()).isEqualTo(SPANS);
		assertThat(this.target.status().state()).isEqualTo(TargetStatus.State.UNREACHED);
		assertThat(this.target.status().lastError()).isEqualTo("cannot be reached (no connection)");
		try (MisbehavingServer server = MisbehavingServer.start(port)) {
			await().untilAsserted(() -> assertCounts(SPANS, 0));
			assertThat(server.taken()).containsExactlyInAnyOrderElementsOf(this.names);
		}
	}

	@Test
	void hostThatHasNoAddressIsWaitedFor() {
		start("http://no-such-host.invalid:4318/v1/traces");
		makeSpans();
		await().untilAsserted(() -> assertThat(this.target.statistics().retries()).isPositive());
		assertThat(this.target.size()).isEqualTo(SPANS);
		assertThat(this.target.statistics().dropped()).isZero();
		assertThat(this.target.status().lastError()).isEqualTo("cannot be reached (unknown host)");
	}

	@Test
	void serverThatSpeaksNoTlsIsWaitedFor() throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start()) {
			start(server.endpoint().replace("http:", "https:"));
			makeSpans();
			await().untilAsserted(() -> assertThat(this.target.statistics().retries()).isPositive());
			assertThat(this.target.size()).isEqualTo(SPANS);
			assertThat(this.target.statistics().dropped()).isZero();
		}
	}

	@Test
	void oldestGoWhenTheQueueIsFull(CapturedOutput output) throws IOException {
		int port = MisbehavingServer.freePort();
		start("http://127.0.0.1:" + port + "/v1/traces", 2 * BATCH, "small", TIMEOUT);
		makeSpans();
		await()
			.untilAsserted(() -> assertThat(this.target.size() + this.target.statistics().dropped()).isEqualTo(SPANS));
		assertThat(this.target.size()).isLessThanOrEqualTo(2 * BATCH);
		long lost = this.target.statistics().dropped(DropReason.QUEUE_FULL);
		assertThat(lost).isGreaterThanOrEqualTo(SPANS - 2 * BATCH);
		try (MisbehavingServer server = MisbehavingServer.start(port)) {
			await().untilAsserted(() -> assertCounts(SPANS - lost, lost));
			assertThat(server.taken()).containsAll(this.names.subList(SPANS - BATCH, SPANS));
		}
		assertThat(output).containsOnlyOnce("The queue of target 'small' is full with 20 spans");
	}

	@Test
	void shutdownSendsWhatWaits() throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start()) {
			start(server.endpoint());
			makeSpans();
			this.provider.close();
			assertThat(server.taken()).containsExactlyInAnyOrderElementsOf(this.names);
			assertCounts(SPANS, 0);
		}
	}

	@Test
	void shutdownUnderLoadSendsWhatASlowBackendTakesInTime() throws Exception {
		try (MisbehavingServer server = MisbehavingServer.start()) {
			for (int i = 0; i < 10 * SPANS; i++) {
				server.order(Behaviour.slow(50));
			}
			start(server.endpoint(), 100 * BATCH, "otlp", Duration.ofSeconds(10));
			CountDownLatch stop = new CountDownLatch(1);
			Thread load = new Thread(() -> {
				while (stop.getCount() > 0) {
					makeSpans();
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
				}
			});
			load.start();
			await().until(() -> server.taken().size() > 5 * BATCH);
			long begin = System.nanoTime();
			this.provider.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SHUTDOWN.plusSeconds(1));
			stop.countDown();
			load.join();
			TargetStatistics statistics = this.target.statistics();
			assertThat(this.target.size()).isZero();
			assertThat(statistics.exported()).isGreaterThan(10 * BATCH);
			// A batch may have been on its way when time was up
			assertThat((long) server.taken().size()).isBetween(statistics.exported(), statistics.exported() + BATCH);
			assertThat(statistics.dropped())
				.isEqualTo(statistics.dropped(DropReason.SHUTDOWN) + statistics.dropped(DropReason.QUEUE_FULL));
		}
	}

	@Test
	void aHundredFailuresTakeNoThreads() throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start()) {
			for (int i = 0; i < 100; i++) {
				server.order((i % 2 == 0) ? Behaviour.reset() : Behaviour.status("503 Service Unavailable"));
			}
			long before = httpThreads();
			start(server.endpoint());
			makeSpans();
			await().untilAsserted(() -> assertCounts(SPANS, 0));
			assertThat(this.target.statistics().retries()).isEqualTo(100);
			assertThat(sendingThreads()).isEqualTo(1);
			assertThat(httpThreads() - before).isLessThan(5);
		}
	}

	@Test
	void shutdownEndsInTimeBeforeABackendThatHangs(CapturedOutput output) throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start()) {
			for (int i = 0; i < SPANS; i++) {
				server.order(Behaviour.hang());
			}
			start(server.endpoint(), 100 * BATCH, "otlp", Duration.ofSeconds(30));
			makeSpans();
			await().until(() -> server.requests() > 0);
			long begin = System.nanoTime();
			this.provider.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SHUTDOWN.plusSeconds(1));
			assertCounts(0, SPANS);
			assertThat(this.target.statistics().dropped(DropReason.SHUTDOWN)).isEqualTo(SPANS);
		}
		assertThat(output).containsOnlyOnce(SPANS + " spans for target 'otlp' could not be sent before the end");
	}

	@Test
	void oneTargetsFailureIsNotAnothers() throws IOException {
		List<Target> targets = new ArrayList<>();
		try (MisbehavingServer bad = MisbehavingServer.start(); MisbehavingServer good = MisbehavingServer.start()) {
			for (int i = 0; i < SPANS; i++) {
				bad.order(Behaviour.hang());
			}
			start(bad.endpoint());
			targets.add(this.target);
			start(good.endpoint());
			targets.add(this.target);
			Targets both = new Targets(targets, null);
			this.provider = SdkTracerProvider.builder()
				.addSpanProcessor(BatchSpanProcessor.builder(both).setScheduleDelay(Duration.ofMillis(5)).build())
				.build();
			makeSpans();
			await().untilAsserted(() -> assertCounts(SPANS, 0));
			assertThat(good.taken()).containsExactlyInAnyOrderElementsOf(this.names);
			assertThat(targets.get(0).size()).isEqualTo(SPANS);
		}
	}

	private void assertCounts(long exported, long dropped) {
		TargetStatistics statistics = this.target.statistics();
		assertThat(List.of(statistics.exported(), statistics.dropped(), (long) this.target.size()))
			.as("exported, dropped, waiting")
			.containsExactly(exported, dropped, 0L);
	}

	private static long sendingThreads() {
		return threads("hindspan-export-otlp");
	}

	private static long httpThreads() {
		return threads("HttpClient-");
	}

	private static long threads(String name) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(name))
			.count();
	}

}
