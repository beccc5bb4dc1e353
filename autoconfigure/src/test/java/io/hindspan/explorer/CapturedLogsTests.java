package io.hindspan.explorer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CapturedLogs}.
 */
class CapturedLogsTests {

	private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

	private final AtomicReference<Instant> now = new AtomicReference<>(NOW);

	private final Clock clock = InstantSource.system().withZone(ZoneOffset.UTC);

	private CapturedLogs logs(long maxBytes) {
		return new CapturedLogs(maxBytes, (text) -> text.replace("secret", "<masked>"), new Clock() {

			@Override
			public java.time.ZoneId getZone() {
				return CapturedLogsTests.this.clock.getZone();
			}

			@Override
			public Clock withZone(java.time.ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return CapturedLogsTests.this.now.get();
			}

		});
	}

	@Test
	void linesOfATraceAreToldInOrder() {
		CapturedLogs logs = logs(100_000);
		logs.add(line("a", "first secret", 5));
		logs.add(line("b", "other", 6));
		logs.add(line("a", "second", 7));
		JsonNode json = json(logs, "a");
		assertThat(json.path("logs").valueStream().map((line) -> line.path("message").asString()))
			.containsExactly("first <masked>", "second");
		assertThat(json.path("logs").path(0).path("time").asLong()).isEqualTo(5);
		assertThat(json.path("dropped").asInt()).isZero();
		assertThat(json(logs, "none").path("logs").isEmpty()).isTrue();
	}

	@Test
	void oldestGoWhereThereIsNoRoom() {
		CapturedLogs logs = logs(5_000);
		for (int i = 0; i < 100; i++) {
			logs.add(line("a", "line " + i, i));
			assertThat(logs.bytes()).isLessThanOrEqualTo(5_000);
		}
		JsonNode json = json(logs, "a");
		int told = json.path("logs").size();
		assertThat(told).isBetween(10, 30);
		assertThat(json.path("dropped").asInt()).isEqualTo(100 - told);
		assertThat(logs.bound().givenUp()).isEqualTo(100 - told);
		assertThat(logs.bound().current()).isEqualTo(logs.bytes());
		assertThat(json.path("logs").path(told - 1).path("message").asString()).isEqualTo("line 99");
	}

	@Test
	void traceWithoutEndTakesNoOthersRoom() {
		CapturedLogs logs = logs(100_000_000);
		logs.add(line("b", "other", 0));
		for (int i = 0; i < CapturedLogs.MOST_LINES + 10; i++) {
			logs.add(line("a", "line", i));
		}
		assertThat(json(logs, "a").path("logs").size()).isEqualTo(CapturedLogs.MOST_LINES);
		assertThat(json(logs, "a").path("dropped").asInt()).isEqualTo(10);
		assertThat(json(logs, "b").path("logs").size()).isEqualTo(1);
	}

	@Test
	void oldLinesGo() {
		CapturedLogs logs = logs(100_000);
		logs.add(line("a", "line", 0));
		this.now.set(NOW.plus(Duration.ofHours(2)));
		assertThat(json(logs, "a").path("logs").isEmpty()).isTrue();
		assertThat(logs.bytes()).isZero();
		assertThat(logs.traces()).isZero();
	}

	@Test
	void nothingIsLeftOfManyThreadsLines() throws Exception {
		CapturedLogs logs = logs(20_000);
		ExecutorService threads = Executors.newFixedThreadPool(4);
		CountDownLatch go = new CountDownLatch(1);
		for (int thread = 0; thread < 4; thread++) {
			String prefix = "trace" + thread;
			threads.execute(() -> {
				try {
					go.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				for (int i = 0; i < 5000; i++) {
					logs.add(line(prefix + i % 7, "line", i));
				}
			});
		}
		go.countDown();
		threads.shutdown();
		assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(logs.bytes()).isBetween(0L, 20_000L);
		assertThat(logs.traces()).isLessThanOrEqualTo(28);
		this.now.set(NOW.plus(Duration.ofHours(2)));
		json(logs, "a");
		assertThat(logs.bytes()).isZero();
		assertThat(logs.traces()).isZero();
	}

	private static JsonNode json(CapturedLogs logs, String traceId) {
		return JsonMapper.shared().readTree(logs.toJson(traceId, Parameters.nanos(NOW)).toBytes());
	}

	private static CapturedLogs.Line line(String traceId, String message, long nanos) {
		return new CapturedLogs.Line(traceId, null, Parameters.nanos(NOW) + nanos, "INFO", "logger", "main", message,
				null);
	}

}
