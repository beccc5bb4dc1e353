package io.hindspan.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hindspan.store.TraceQuery.Term;
import io.hindspan.store.TraceSearch.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TraceStore} with threads that add and threads that search.
 */
class StoreConcurrencyIntegrationTests {

	private static final int TRACES = 100_000;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void tracesAreAddedSearchedAndForgottenAtTheSameTime() throws Exception {
		long maxBytes = 24 << 20;
		TraceStore store = new TraceStore(new StoreBounds(maxBytes, Duration.ofHours(1), 1_000), Clock.systemUTC());
		AtomicBoolean adding = new AtomicBoolean(true);
		List<Future<?>> readers = new ArrayList<>();
		AtomicInteger searches = new AtomicInteger();
		for (Callable<?> search : searches(store)) {
			readers.add(this.threads.submit(() -> {
				while (adding.get()) {
					search.call();
					searches.incrementAndGet();
				}
				return null;
			}));
		}
		List<Future<?>> writers = new ArrayList<>();
		for (int writer = 0; writer < 4; writer++) {
			int first = writer;
			writers.add(this.threads.submit(() -> {
				for (int trace = first; trace < TRACES; trace += 4) {
					store.add(trace(trace));
					assertThat(store.status().bytes()).isLessThanOrEqualTo(maxBytes);
				}
			}));
		}
		for (Future<?> writer : writers) {
			writer.get(5, TimeUnit.MINUTES);
		}
		adding.set(false);
		for (Future<?> reader : readers) {
			reader.get(1, TimeUnit.MINUTES);
		}
		StoreStatus status = store.status();
		assertThat(searches).hasPositiveValue();
		assertThat(status.traces() + status.evictedBySize()).isEqualTo(TRACES);
		assertThat(status.spans()).isEqualTo(status.traces() * 3);
		assertThat(status.traces()).isGreaterThan(1_000);
		// The index is right after all of that
		List<Trace> all = store.search(search(0, Integer.MAX_VALUE)).traces();
		assertThat(all).hasSize(status.traces());
		for (int route = 0; route < 20; route++) {
			Term term = term(SearchTerms.NAME, "GET /tasks/" + route);
			long expected = all.stream().filter((trace) -> trace.root().name().equals(term.value())).count();
			assertThat(store
				.search(search(0, 1),
						SearchTerms.of(List.of(term), (trace) -> trace.root().name().equals(term.value())))
				.total()).isEqualTo((int) expected);
		}
	}

	private static List<Callable<?>> searches(TraceStore store) {
		return List.of(() -> {
			TraceMatches matches = store.search(search(0, 50));
			Set<String> ids = new HashSet<>();
			for (Trace trace : matches.traces()) {
				assertThat(ids.add(trace.id())).isTrue();
				assertThat(trace.spans()).hasSizeBetween(1, 3).extracting(SpanRecord::traceId).containsOnly(trace.id());
			}
			assertThat(matches.traces()).extracting(Trace::start).isSortedAccordingTo((a, b) -> Long.compare(b, a));
			return matches;
		}, () -> store.search(search(0, 50), SearchTerms.of(List.of(term("task.id", "77")), (trace) -> true)),
				() -> store.search(search(0, 50),
						SearchTerms.of(List.of(term(SearchTerms.STATUS, "error")), (trace) -> trace.errors() > 0)));
	}

	@Test
	void addingDoesNotWaitForASearch() throws Exception {
		TraceStore store = new TraceStore(new StoreBounds(1L << 30, Duration.ofHours(1), 1_000), Clock.systemUTC());
		for (int trace = 0; trace < 1_000; trace++) {
			store.add(trace(trace));
		}
		AtomicInteger added = new AtomicInteger();
		// In the midst of a search: were there a lock, this would never end
		TraceMatches matches = store.search(search(0, 50), SearchTerms.of(List.of(), (trace) -> {
			if (added.get() == 0) {
				try {
					this.threads.submit(() -> store.add(trace(TRACES + added.incrementAndGet())))
						.get(1, TimeUnit.MINUTES);
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}
			return true;
		}));
		assertThat(matches.total()).isBetween(1_000, 1_001);
		assertThat(store.status().traces()).isEqualTo(1_001);
	}

	private static Term term(String key, String value) {
		return new Term(List.of(key), value);
	}

	private static TraceSearch search(int offset, int limit) {
		return new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, offset, limit);
	}

	private static List<SpanRecord> trace(int trace) {
		RecordedSpan root = RecordedSpan.of(trace, 1)
			.name("GET /tasks/" + trace % 20)
			.start(trace)
			.with("task.id", trace);
		RecordedSpan child = RecordedSpan.of(trace, 2).parent(1).name("SELECT tasks").start(trace);
		if (trace % 50 == 0) {
			child.error();
		}
		return List.of(child.record(), RecordedSpan.of(trace, 3).parent(1).name("GET").start(trace).record(),
				root.record());
	}

}
