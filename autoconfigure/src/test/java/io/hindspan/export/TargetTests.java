package io.hindspan.export;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a target with exporters of the application, which may do anything.
 */
@Timeout(60)
class TargetTests {

	private static final Duration SHUTDOWN = Duration.ofSeconds(2);

	private static final SpanData SPAN = span();

	private Target target;

	private void start(int maxQueueSize, Function<Collection<SpanData>, CompletableResultCode> export) {
		Delivery delivery = new Delivery(maxQueueSize, Duration.ofMillis(200), SHUTDOWN, Duration.ofMillis(1),
				Duration.ofMillis(4));
		this.target = new Target("own", new ScriptedExporter(export), delivery, Clock.systemUTC(), null);
	}

	@Test
	void exporterThatThrowsIsAskedFiveTimesForABatch() {
		AtomicInteger calls = new AtomicInteger();
		start(10, (spans) -> {
			if (calls.incrementAndGet() <= 5) {
				throw new IllegalStateException("broken");
			}
			return CompletableResultCode.ofSuccess();
		});
		this.target.offer(spans(2));
		this.target.offer(spans(3));
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isEqualTo(3));
		assertThat(this.target.statistics().dropped(DropReason.FAILED)).isEqualTo(2);
		assertThat(this.target.statistics().retries()).isEqualTo(4);
		assertThat(this.target.status().lastError()).isEqualTo("fails (IllegalStateException: broken)");
		close();
	}

	@Test
	void spanThatAFilterFailsOnCostsNoOther() {
		start(10, (spans) -> CompletableResultCode.ofSuccess());
		AtomicInteger calls = new AtomicInteger();
		SpanExportingPredicate broken = (span) -> {
			if (calls.incrementAndGet() % 3 == 0) {
				throw new IllegalStateException("broken");
			}
			return true;
		};
		SpanExporter pipeline = new SpanPipeline(List.of(this.target), List.of(broken), List.of(), List.of(), null,
				null)
			.exporter();
		// The third look fails: that at the batch, and then one at a span alone
		assertThat(pipeline.export(spans(5)).isSuccess()).isTrue();
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isEqualTo(4));
		assertThat(this.target.statistics().dropped(DropReason.FAILED)).isOne();
		close();
	}

	@Test
	void attemptsThatAreAnsweredMakeNoLongerWaits() {
		AtomicInteger calls = new AtomicInteger();
		Delivery delivery = new Delivery(100, Duration.ofSeconds(1), SHUTDOWN, Duration.ofMillis(10),
				Duration.ofMinutes(10));
		this.target = new Target("own", new ScriptedExporter((spans) -> switch (calls.incrementAndGet()) {
			case 41 -> CompletableResultCode.ofExceptionalFailure(SendFailure.passing("is away", null));
			case 42 -> CompletableResultCode.ofSuccess();
			default -> CompletableResultCode.ofExceptionalFailure(
					(calls.get() % 2 == 0) ? SendFailure.lasting("refuses") : SendFailure.partial(1, "refuses one"));
		}), delivery, Clock.systemUTC(), null);
		for (int i = 0; i < 41; i++) {
			this.target.offer(spans(1));
		}
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isOne());
		close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "No route to https://in.example/v1?Api-Key=hunter2",
			"Unexpected char in authorization value: Bearer aG.hunter2-aG", "x-api-key: hunter2" })
	void whatAnExporterSaysShowsNoSecret(String message) {
		start(10, (spans) -> CompletableResultCode.ofExceptionalFailure(new IOException(message)));
		this.target.offer(spans(1));
		await().untilAsserted(() -> assertThat(this.target.status().lastError()).isNotNull());
		assertThat(this.target.status().lastError()).startsWith("cannot be reached (IOException: ")
			.doesNotContain("hunter2");
		close();
	}

	@Test
	void exporterThatLacksAClassHoldsUpNoFlushAndNoEnd() {
		Delivery delivery = new Delivery(10, Duration.ofSeconds(1), SHUTDOWN, Duration.ofMillis(1),
				Duration.ofMillis(4));
		this.target = new Target("own", new SpanExporter() {

			@Override
			public CompletableResultCode export(Collection<SpanData> spans) {
				throw new NoClassDefFoundError("gone");
			}

			@Override
			public CompletableResultCode flush() {
				throw new NoClassDefFoundError("gone");
			}

			@Override
			public CompletableResultCode shutdown() {
				throw new NoClassDefFoundError("gone");
			}

		}, delivery, Clock.systemUTC(), null);
		this.target.offer(spans(2));
		CompletableResultCode flush = this.target.flush();
		await().untilAsserted(() -> assertThat(flush.isDone()).isTrue());
		assertThat(flush.isSuccess()).isFalse();
		close();
		assertThat(this.target.statistics().dropped(DropReason.FAILED)).isEqualTo(2);
	}

	@Test
	void exporterMayFailInEveryWay() {
		AtomicInteger calls = new AtomicInteger();
		start(10, (spans) -> switch (calls.incrementAndGet()) {
			case 1 -> null;
			case 2 -> throw new StackOverflowError();
			case 3 -> CompletableResultCode.ofFailure();
			case 4 -> new CompletableResultCode();
			case 5 -> {
				Thread.currentThread().interrupt();
				yield CompletableResultCode.ofFailure();
			}
			default -> CompletableResultCode.ofSuccess();
		});
		this.target.offer(spans(2));
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isEqualTo(2));
		assertThat(this.target.statistics().retries()).isEqualTo(5);
		assertThat(this.target.statistics().dropped()).isZero();
		close();
	}

	@Test
	void flushEndsWhenWhatWasThereIsSent() {
		CompletableResultCode answer = new CompletableResultCode();
		start(10, (spans) -> answer);
		assertThat(this.target.flush().isSuccess()).isTrue();
		this.target.offer(spans(1));
		CompletableResultCode flush = this.target.flush();
		assertThat(flush.isDone()).isFalse();
		answer.succeed();
		assertThat(flush.join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
		assertThat(this.target.size()).isZero();
		close();
	}

	@Test
	void whatBlocksIsLeftBehindAtTheEnd() {
		CountDownLatch release = new CountDownLatch(1);
		start(10, (spans) -> {
			boolean released = false;
			while (!released) {
				try {
					released = release.await(1, TimeUnit.MINUTES);
				}
				catch (InterruptedException ex) {
					// As stubborn as can be
				}
			}
			return CompletableResultCode.ofSuccess();
		});
		this.target.offer(spans(2));
		this.target.offer(spans(3));
		CompletableResultCode flush = this.target.flush();
		long begin = System.nanoTime();
		close();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(SHUTDOWN, SHUTDOWN.multipliedBy(5));
		assertThat(this.target.statistics().dropped(DropReason.SHUTDOWN)).isEqualTo(5);
		assertThat(flush.isDone()).isTrue();
		this.target.offer(spans(4));
		assertThat(this.target.statistics().dropped(DropReason.SHUTDOWN)).isEqualTo(9);
		release.countDown();
		assertThat(this.target.statistics().exported()).isZero();
	}

	@Test
	void newestGoesWhereTheBatchThatIsBeingSentTakesAllRoom() {
		CompletableResultCode answer = new CompletableResultCode();
		start(3, (spans) -> answer);
		this.target.offer(spans(2));
		await().until(() -> this.target.inFlight() == 2);
		this.target.offer(spans(2));
		assertThat(this.target.statistics().dropped(DropReason.QUEUE_FULL)).isEqualTo(2);
		this.target.offer(spans(1));
		assertThat(this.target.size()).isEqualTo(3);
		assertThat(this.target.bounds()).singleElement().satisfies((bound) -> {
			assertThat(bound.what()).contains(this.target.name());
			assertThat(bound.current()).isEqualTo(3);
			assertThat(bound.limit()).isEqualTo(3);
			assertThat(bound.givenUp()).isEqualTo(2);
		});
		answer.succeed();
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isEqualTo(3));
		close();
	}

	@Test
	void everySpanIsCountedOnceWhateverHappens() throws Exception {
		AtomicLong taken = new AtomicLong();
		Random random = new Random(11);
		start(60, (spans) -> {
			switch (random.nextInt(8)) {
				case 0:
					return CompletableResultCode.ofExceptionalFailure(SendFailure.passing("is away", null));
				case 1:
					return CompletableResultCode.ofExceptionalFailure(SendFailure.lasting("refuses"));
				case 2:
					throw new IllegalStateException("broken");
				case 3:
					CompletableResultCode later = new CompletableResultCode();
					CompletableFuture.runAsync(() -> {
						taken.addAndGet(spans.size());
						later.succeed();
					});
					return later;
				case 4:
					taken.addAndGet(spans.size() - 1);
					return CompletableResultCode.ofExceptionalFailure(SendFailure.partial(1, "refuses 1"));
				default:
					taken.addAndGet(spans.size());
					return CompletableResultCode.ofSuccess();
			}
		});
		AtomicLong offered = new AtomicLong();
		List<CompletableResultCode> flushes = new ArrayList<>();
		ExecutorService threads = Executors.newFixedThreadPool(8);
		for (int i = 0; i < 8; i++) {
			int seed = i;
			threads.execute(() -> {
				Random sizes = new Random(seed);
				for (int batch = 0; batch < 500; batch++) {
					List<SpanData> spans = spans(1 + sizes.nextInt(3));
					offered.addAndGet(spans.size());
					this.target.offer(spans);
					if (batch % 100 == 0) {
						synchronized (flushes) {
							flushes.add(this.target.flush());
						}
					}
					if (batch % 50 == 0) {
						await().until(() -> this.target.size() < 30);
					}
				}
			});
		}
		threads.shutdown();
		assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		close();
		assertThat(this.target.size()).isZero();
		assertThat(this.target.statistics().exported() + this.target.statistics().dropped()).isEqualTo(offered.get());
		assertThat(this.target.statistics().exported()).isEqualTo(taken.get()).isPositive();
		assertThat(flushes).hasSize(40).allMatch(CompletableResultCode::isDone);
	}

	private void close() {
		this.target.beginClose();
		this.target.awaitClose();
	}

	private static List<SpanData> spans(int count) {
		return Collections.nCopies(count, SPAN);
	}

	private static SpanData span() {
		try (SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
			return ((ReadableSpan) provider.get("test").spanBuilder("span").startSpan()).toSpanData();
		}
	}

}
