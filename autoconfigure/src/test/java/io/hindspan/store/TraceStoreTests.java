package io.hindspan.store;

import java.time.Duration;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import org.junit.jupiter.api.Test;

import io.hindspan.SettableClock;
import io.hindspan.store.TraceMatches.Histogram;
import io.hindspan.store.TraceSearch.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TraceStore}.
 */
class TraceStoreTests {

	private final SettableClock clock = new SettableClock();

	private final TraceStore store = new TraceStore(new StoreBounds(1 << 20, Duration.ofMinutes(10), 50), this.clock);

	@Test
	void spansOfATraceAreTogetherHoweverTheyCome() {
		this.store.add(List.of(RecordedSpan.of(1, 2).parent(1).start(10).record(), RecordedSpan.of(2, 1).record()));
		this.store.add(List.of(RecordedSpan.of(1, 1).start(5).record()));
		Trace trace = this.store.find(RecordedSpan.traceId(1));
		assertThat(trace.spans()).extracting(SpanRecord::spanId)
			.containsExactly(RecordedSpan.spanId(1), RecordedSpan.spanId(2));
		assertThat(trace.root().spanId()).isEqualTo(RecordedSpan.spanId(1));
		assertThat(trace.childrenOf(trace.root())).extracting(SpanRecord::spanId)
			.containsExactly(RecordedSpan.spanId(2));
		assertThat(this.store.find(RecordedSpan.traceId(3))).isNull();
		assertThat(this.store.status().traces()).isEqualTo(2);
		assertThat(this.store.status().spans()).isEqualTo(3);
	}

	@Test
	void recordsAreKeptAsTheyAre() {
		SpanRecord span = RecordedSpan.of(1, 2)
			.parent(1)
			.error()
			.with("http.response.status_code", 500)
			.with("url.path", "/tasks")
			.event("exception", Attributes.builder().put("exception.type", "IOException").build())
			.record();
		this.store.add(List.of(span));
		assertThat(this.store.find(span.traceId()).spans()).containsExactly(span);
	}

	@Test
	void spanThatComesAgainIsTakenOnce() {
		for (int i = 0; i < 3; i++) {
			for (int span = 0; span < 40; span++) {
				this.store.add(List.of(RecordedSpan.of(1, span).record(), RecordedSpan.of(1, span).record()));
			}
		}
		assertThat(this.store.find(RecordedSpan.traceId(1)).spans()).hasSize(40).doesNotHaveDuplicates();
		assertThat(this.store.status().spans()).isEqualTo(40);
		assertThat(this.store.status().rejectedSpans()).isZero();
	}

	@Test
	void revisionGrowsWithEachChangeOnly() {
		long revision = this.store.revision();
		SpanRecord span = RecordedSpan.of(1, 1).record();
		this.store.add(List.of(span));
		assertThat(this.store.revision()).isGreaterThan(revision);
		revision = this.store.revision();
		this.store.add(List.of(span));
		assertThat(this.store.revision()).isEqualTo(revision);
		assertThat(this.store.search(everything()).revision()).isEqualTo(revision);
		this.clock.advance(Duration.ofMinutes(11));
		assertThat(this.store.revision()).isGreaterThan(revision);
		revision = this.store.revision();
		this.store.clear();
		assertThat(this.store.revision()).isGreaterThan(revision);
	}

	@Test
	void tracesAreForgottenOnceTheirLastSpanIsOld() {
		this.store.add(List.of(RecordedSpan.of(1, 1).record(), RecordedSpan.of(2, 1).record()));
		this.clock.advance(Duration.ofMinutes(9));
		this.store.add(List.of(RecordedSpan.of(1, 2).record()));
		this.clock.advance(Duration.ofMinutes(2));
		assertThat(this.store.search(everything()).traces()).extracting(Trace::id)
			.containsExactly(RecordedSpan.traceId(1));
		assertThat(this.store.status().evictedByAge()).isOne();
		this.clock.advance(Duration.ofMinutes(9));
		assertThat(this.store.find(RecordedSpan.traceId(1))).isNull();
		assertThat(this.store.status())
			.isEqualTo(new StoreStatus(0, 0, 0, 1 << 20, 0, 2, 0, this.store.revision(), null));
	}

	@Test
	void ageWithoutEndForgetsNothing() {
		TraceStore forever = new TraceStore(new StoreBounds(1 << 20, Duration.ofSeconds(Long.MAX_VALUE), 50),
				this.clock);
		forever.add(List.of(RecordedSpan.of(1, 1).record()));
		this.clock.advance(Duration.ofDays(100_000));
		assertThat(forever.status().traces()).isOne();
	}

	@Test
	void traceHasABoundedNumberOfSpans() {
		for (int span = 0; span < 60; span++) {
			this.store.add(List.of(RecordedSpan.of(1, span).record()));
		}
		assertThat(this.store.find(RecordedSpan.traceId(1)).spans()).hasSize(50);
		assertThat(this.store.status().rejectedSpans()).isEqualTo(10);
		assertThat(this.store.bounds()).element(1).satisfies((bound) -> {
			assertThat(bound.property()).isEqualTo("hindspan.store.max-spans-per-trace");
			assertThat(bound.current()).isEqualTo(50);
			assertThat(bound.limit()).isEqualTo(50);
			assertThat(bound.givenUp()).isEqualTo(10);
		});
	}

	@Test
	void excessiveSpanIsRejectedAndItsTraceKept() {
		assertThat(this.store.add(List.of(RecordedSpan.of(1, 1).record(),
				RecordedSpan.of(1, 2).with("huge", "x".repeat((1 << 20) / 16)).record(),
				RecordedSpan.of(2, 1).with("huge", "x".repeat((1 << 20) / 16)).record())))
			.isEqualTo(2);
		assertThat(this.store.find(RecordedSpan.traceId(1)).spans()).hasSize(1);
		assertThat(this.store.find(RecordedSpan.traceId(2))).isNull();
		assertThat(this.store.status().rejectedSpans()).isEqualTo(2);
		assertThat(this.store.status().traces()).isOne();
	}

	@Test
	void traceTakesAQuarterAtTheMost() {
		for (int span = 0; span < 30; span++) {
			this.store.add(List.of(RecordedSpan.of(1, span).with("large", span + "x".repeat(20_000)).record()));
		}
		assertThat(this.store.status().bytes()).isBetween(1L << 17, 1L << 18);
		assertThat(this.store.status().rejectedSpans()).isEqualTo(18);
	}

	@Test
	void nothingIsLeftAfterClearing() {
		this.store.add(List.of(RecordedSpan.of(1, 1).record()));
		this.store.clear();
		assertThat(this.store.status().traces()).isZero();
		assertThat(this.store.status().bytes()).isZero();
		assertThat(this.store.search(everything()).total()).isZero();
	}

	@Test
	void nothingIsChargedForWhatIsGone() {
		for (int trace = 0; trace < 1000; trace++) {
			this.store.add(List.of(RecordedSpan.of(trace, 1)
				.service("service " + trace % 7)
				.name("route " + trace % 50)
				.with("task.id", trace)
				.record()));
		}
		this.clock.advance(Duration.ofMinutes(11));
		assertThat(this.store.status().bytes()).isZero();
	}

	@Test
	void histogramHasBoundsOfOneTwoAndFive() {
		int trace = 0;
		for (long micros : new long[] { 1_000, 1_001, 1_999, 2_000, 4_000, 30_000 }) {
			RecordedSpan span = RecordedSpan.of(++trace, 1).duration(Duration.ofNanos(micros * 1000));
			this.store.add(List.of(((micros == 2_000) ? span.error() : span).record()));
		}
		Histogram histogram = this.store.search(everything()).histogram();
		assertThat(histogram.bounds()).containsExactly(1_000_000L, 2_000_000L, 5_000_000L, 10_000_000L, 20_000_000L);
		assertThat(histogram.counts()).containsExactly(1, 3, 1, 0, 0, 1);
		assertThat(histogram.errors()).containsExactly(0, 1, 0, 0, 0, 0);
	}

	@Test
	void histogramOfNothingOrOneHasOneCountMoreThanBounds() {
		assertThat(this.store.search(everything()).histogram())
			.isEqualTo(new Histogram(List.of(), List.of(0), List.of(0)));
		this.store.add(List.of(RecordedSpan.of(1, 1).duration(Duration.ofMillis(3)).record()));
		assertThat(this.store.search(everything()).histogram())
			.isEqualTo(new Histogram(List.of(5_000_000L), List.of(1, 0), List.of(0, 0)));
	}

	@Test
	void extremeTimesDoNoHarm() {
		this.store.add(List.of(RecordedSpan.of(1, 1).duration(Duration.ofNanos(Long.MAX_VALUE)).record(),
				RecordedSpan.of(2, 1).duration(Duration.ZERO).record()));
		Histogram histogram = this.store.search(everything()).histogram();
		assertThat(histogram.counts()).hasSize(histogram.bounds().size() + 1);
		assertThat(histogram.counts().stream().mapToInt(Integer::intValue).sum()).isEqualTo(2);
	}

	@Test
	void boundsMustBePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StoreBounds(0, Duration.ofHours(1), 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new StoreBounds(1, Duration.ZERO, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new StoreBounds(1, Duration.ofHours(1), 0));
	}

	private static TraceSearch everything() {
		return new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, 50);
	}

}
