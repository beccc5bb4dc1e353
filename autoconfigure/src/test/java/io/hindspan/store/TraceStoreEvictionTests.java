package io.hindspan.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.hindspan.SettableClock;
import io.hindspan.store.TraceSearch.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link TraceStore} forgets when there is no room.
 */
class TraceStoreEvictionTests {

	private static final long MAX_BYTES = 1 << 20;

	private final TraceStore store = new TraceStore(new StoreBounds(MAX_BYTES, Duration.ofHours(1), 1_000),
			new SettableClock());

	private long number;

	private RecordedSpan next() {
		this.number++;
		return RecordedSpan.of(this.number, 1).start(this.number).with("request.id", "request-" + this.number);
	}

	private void add(RecordedSpan span) {
		this.store.add(List.of(span.record()));
		assertThat(this.store.status().bytes()).isLessThanOrEqualTo(MAX_BYTES);
	}

	private List<Trace> all() {
		return this.store
			.search(new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, Integer.MAX_VALUE))
			.traces();
	}

	private Map<String, Integer> countByName() {
		Map<String, Integer> counts = new HashMap<>();
		all().forEach((trace) -> counts.merge(trace.root().name(), 1, Integer::sum));
		return counts;
	}

	@Test
	void oldestOfARouteGoesFirst() {
		for (int i = 0; i < 5_000; i++) {
			add(next());
		}
		List<Trace> kept = all();
		assertThat(kept).hasSizeGreaterThan(200);
		assertThat(kept.get(0).start()).isEqualTo(5_000);
		assertThat(kept.get(kept.size() - 1).start()).isEqualTo(5_001 - kept.size());
		assertThat(this.store.status().evictedBySize()).isEqualTo(5_000 - kept.size());
	}

	@Test
	void chattyRoutePushesOutNoOther() {
		for (int i = 0; i < 20; i++) {
			add(next().name("POST /orders"));
		}
		add(next().name("DELETE /orders/{id}"));
		for (int i = 0; i < 20_000; i++) {
			add(next().name("GET /health"));
		}
		assertThat(countByName()).containsEntry("POST /orders", 20)
			.containsEntry("DELETE /orders/{id}", 1)
			.hasEntrySatisfying("GET /health", (count) -> assertThat(count).isGreaterThan(200));
	}

	@Test
	void serviceWithVeryManyRoutesPushesOutNoOther() {
		for (int i = 0; i < 20; i++) {
			add(next().service("orders").name("POST /orders"));
		}
		for (int i = 0; i < 20_000; i++) {
			add(next().service("shop").name("GET /products/" + i % 3_000));
		}
		assertThat(countByName()).containsEntry("POST /orders", 20);
	}

	@Test
	void errorsAndSlowTracesAreKeptTheLongest() {
		for (int i = 0; i < 50; i++) {
			add(next());
		}
		for (int i = 0; i < 30; i++) {
			add(next().error());
			// Those of before took a millisecond
			add(next().duration(Duration.ofMillis(20)));
		}
		for (int i = 0; i < 20_000; i++) {
			add(next());
		}
		List<Trace> kept = all();
		assertThat(kept).filteredOn((trace) -> trace.errors() > 0).hasSize(30);
		assertThat(kept).filteredOn((trace) -> trace.duration() == 20_000_000).hasSize(30);
	}

	@Test
	void slowRouteIsNotSlowAsAWhole() {
		for (int i = 0; i < 20_000; i++) {
			add(next().name("POST /reports").duration(Duration.ofSeconds(2)));
			if (i % 100 == 0) {
				add(next().name("GET /tasks"));
			}
		}
		// Of the slow ones only those count as slow that came before it was known
		assertThat(countByName().get("GET /tasks")).isGreaterThan(100);
	}

	@Test
	void failingRouteLeavesAQuarterToOthers() {
		for (int i = 0; i < 200; i++) {
			add(next().name("GET /tasks"));
		}
		add(next().name("POST /orders").error());
		for (int i = 0; i < 20_000; i++) {
			add(next().name("GET /quota").error());
		}
		Map<String, Integer> counts = countByName();
		assertThat(counts).containsEntry("POST /orders", 1);
		assertThat(counts.get("GET /tasks")).isGreaterThan(counts.get("GET /quota") / 5);
	}

	@Test
	void traceThatFailsLateIsKeptAsOneThatFailed() {
		add(next());
		long failed = this.number;
		this.store.add(List.of(RecordedSpan.of(failed, 2).parent(1).start(failed).error().record()));
		for (int i = 0; i < 20_000; i++) {
			add(next());
		}
		assertThat(this.store.find(RecordedSpan.traceId(failed)).spans()).hasSize(2);
	}

	@Test
	void traceBelongsToTheRouteOfItsRootThatComesLast() {
		for (int i = 0; i < 5_000; i++) {
			long id = ++this.number;
			String route = (i % 500 == 0) ? "POST /orders" : "GET /health";
			this.store.add(List.of(RecordedSpan.of(id, 2).parent(1).start(id + 1).name("SELECT").record()));
			this.store.add(List.of(RecordedSpan.of(id, 1).start(id).name(route).record()));
		}
		assertThat(countByName()).containsEntry("POST /orders", 10).containsOnlyKeys("POST /orders", "GET /health");
	}

	@Test
	void routesThatAllHaveOneTraceGiveTheOldest() {
		for (int i = 0; i < 5_000; i++) {
			add(next().name("GET /tasks/" + i));
		}
		List<Trace> kept = all();
		assertThat(kept).hasSizeGreaterThan(100);
		assertThat(kept.get(kept.size() - 1).start()).isEqualTo(5_001 - kept.size());
	}

}
