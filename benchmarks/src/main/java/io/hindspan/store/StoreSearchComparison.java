package io.hindspan.store;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

import io.hindspan.store.TraceQuery.Term;
import io.hindspan.store.TraceSearch.Order;

/**
 * What a search costs as the store grows, by what is asked, and what adding costs
 * meanwhile. In the package of the store, since a query is asked as its index sees it.
 */
public final class StoreSearchComparison {

	private static final int RUNS = 31;

	private static final int WARM_UP_TRACES = 20_000;

	private static final AttributeKey<String> TASK = AttributeKey.stringKey("task.id");

	private static final AttributeKey<String> STATEMENT = AttributeKey.stringKey("db.query.text");

	private static final SpanOrigin ORIGIN = new SpanOrigin("tasks", "benchmark", null,
			Attributes.builder().put("service.name", "tasks").build());

	private static final PrintStream out = System.out;

	private StoreSearchComparison() {
	}

	public static void main(String[] args) throws InterruptedException {
		measure(WARM_UP_TRACES, false);
		out.println("median, microseconds");
		out.printf("%-9s %9s %9s %10s %10s %10s %10s %10s %10s %10s %10s%n", "traces", "MiB", "newest", "longest",
				"1% of time", "one trace", "5 traces", "1% of all", "scanned", "added", "99 %");
		for (int traces : new int[] { 1_000, 10_000, 100_000 }) {
			measure(traces, true);
		}
	}

	private static void measure(int traces, boolean print) throws InterruptedException {
		TraceStore store = new TraceStore(new StoreBounds(1L << 30, Duration.ofDays(1), 20_000), Clock.systemUTC());
		for (int trace = 0; trace < traces; trace++) {
			store.add(trace(trace, traces));
		}
		if (store.status().traces() != traces) {
			throw new IllegalStateException("The store forgets traces: " + store.status());
		}
		long end = traces * 1_000_000L;
		String one = "task-" + traces / 2;
		String route = "GET /tasks/" + 42;
		double newest = search(store, null, Order.START, SearchTerms.EVERYTHING);
		double longest = search(store, null, Order.DURATION, SearchTerms.EVERYTHING);
		double recent = search(store, end - end / 100, Order.START, SearchTerms.EVERYTHING);
		double byId = search(store, null, Order.START, SearchTerms
			.of(List.of(term(SearchTerms.TRACE_ID, String.format("%032x", traces / 2))), (trace) -> true));
		double rare = search(store, null, Order.START,
				SearchTerms.of(List.of(term("customer.id", "customer-7")), (trace) -> true));
		double percent = search(store, null, Order.START, SearchTerms.of(List.of(term(SearchTerms.NAME, route)),
				(trace) -> trace.spans().stream().anyMatch((span) -> span.name().equals(route))));
		double scanned = search(store, null, Order.START, SearchTerms.of(List.of(),
				(trace) -> trace.spans().stream().anyMatch((span) -> one.equals(span.attributes().get(TASK)))));
		double size = store.status().bytes() / 1048576.0;
		long[] added = add(store, traces);
		if (print) {
			out.printf(Locale.ROOT, "%-9d %9.1f %9.0f %10.0f %10.0f %10.1f %10.1f %10.0f %10.0f %10.1f %10.1f%n",
					traces, size, newest, longest, recent, byId, rare, percent, scanned, micros(added, 0.5),
					micros(added, 0.99));
		}
	}

	private static Term term(String key, String value) {
		return new Term(List.of(key), value);
	}

	private static double search(TraceStore store, Long from, Order order, SearchTerms terms) {
		TraceSearch search = new TraceSearch(TraceQuery.parse(""), from, null, order, false, 0, 50);
		long[] nanos = new long[RUNS];
		for (int run = 0; run < RUNS; run++) {
			long begin = System.nanoTime();
			TraceMatches matches = store.search(search, terms);
			nanos[run] = System.nanoTime() - begin;
			if (matches.total() == 0) {
				throw new IllegalStateException("Nothing was found");
			}
		}
		return micros(nanos, 0.5);
	}

	/**
	 * While another thread searches without end.
	 */
	private static long[] add(TraceStore store, int traces) throws InterruptedException {
		AtomicBoolean searching = new AtomicBoolean(true);
		Thread searcher = new Thread(() -> {
			while (searching.get()) {
				search(store, null, Order.START, SearchTerms.of(List.of(), (trace) -> trace.spans().size() > 1));
			}
		});
		searcher.start();
		long[] nanos = new long[10_000];
		for (int i = 0; i < nanos.length; i++) {
			List<SpanRecord> trace = trace(traces + i, traces);
			long begin = System.nanoTime();
			store.add(trace);
			nanos[i] = System.nanoTime() - begin;
		}
		searching.set(false);
		searcher.join();
		return nanos;
	}

	private static double micros(long[] nanos, double quantile) {
		Arrays.sort(nanos);
		return nanos[(int) (nanos.length * quantile)] / 1_000.0;
	}

	private static List<SpanRecord> trace(int trace, int traces) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int span = 4; span > 0; span--) {
			spans.add(span(trace, span, "SELECT tasks", SpanKind.CLIENT,
					Attributes.of(STATEMENT, "SELECT * FROM tasks WHERE id = ? AND part = " + span)));
		}
		spans.add(span(trace, 0, "GET /tasks/" + trace % 100, SpanKind.SERVER,
				Attributes.of(TASK, "task-" + trace, AttributeKey.stringKey("customer.id"),
						"customer-" + ((trace % (traces / 5) == 7) ? 7 : trace % 5_000 + 10),
						AttributeKey.longKey("http.response.status_code"), 200L)));
		return spans;
	}

	private static SpanRecord span(int trace, int span, String name, SpanKind kind, Attributes attributes) {
		long start = trace * 1_000_000L + span * 1_000;
		return new SpanRecord(String.format("%032x", trace), String.format("%016x", span + 1),
				(span > 0) ? String.format("%016x", 1) : null, (byte) 1, "", ORIGIN, name, kind, start,
				start + 1_000_000 + trace % 977 * 1_000, StatusCode.UNSET, "", attributes, 0, List.of(), 0, List.of(),
				0);
	}

}
