package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.analysis.TraceAnalysis.Stretch;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static io.hindspan.analysis.SpanRecords.MS;
import static io.hindspan.analysis.SpanRecords.span;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TraceAnalysis}: the critical path, and what it makes of any trace
 * whatever. What the detectors find is tested by {@link FindingCorpusTests}.
 */
class TraceAnalysisTests {

	private static final int MANY = 10_000;

	@Test
	void pathGoesThroughTheChildThatEndsLast() {
		assertThat(path(span("root", null, 0, 100), span("a", "root", 10, 40), span("b", "root", 20, 90)))
			.containsExactly("root 0-20", "b 20-90", "root 90-100");
	}

	@Test
	void pathGoesThroughChildrenThatFollowOneAnother() {
		assertThat(path(span("root", null, 0, 100), span("a", "root", 10, 40), span("b", "root", 50, 90),
				span("c", "b", 60, 70)))
			.containsExactly("root 0-10", "a 10-40", "root 40-50", "b 50-60", "c 60-70", "b 70-90", "root 90-100");
	}

	@Test
	void pathLeavesOutWhatRanBesideTheOneThatEndedLast() {
		assertThat(path(span("root", null, 0, 100), span("a", "root", 30, 60), span("b", "root", 50, 100),
				span("c", "root", 10, 20)))
			.containsExactly("root 0-10", "c 10-20", "root 20-50", "b 50-100");
	}

	@Test
	void pathLeavesOutWhatNobodyWaitsFor() {
		assertThat(path(span("root", null, 0, 100), span("a", "root", 10, 40), span("late", "root", 20, 500)))
			.containsExactly("root 0-10", "a 10-40", "root 40-100");
	}

	@Test
	void pathGoesThroughWhatOutlastsItsParentAndEndsWithinTheRoot() {
		assertThat(path(span("root", null, 0, 100), span("assembly", "root", 1, 3), span("work", "assembly", 5, 98)))
			.containsExactly("root 0-1", "assembly 1-3", "root 3-5", "work 5-98", "root 98-100");
	}

	@Test
	void pathEndsWithTheCallWhereTheCalleeGoesOn() {
		assertThat(path(span("call", null, "tasks", SpanKind.CLIENT, 0, 100),
				span("answer", "call", "users", SpanKind.SERVER, 10, 300)))
			.containsExactly("call 0-10", "answer 10-100");
	}

	@Test
	void pathMovesWhatAnotherClockTimed() {
		assertThat(path(span("call", null, "tasks", SpanKind.CLIENT, 1000, 1100),
				span("answer", "call", "users", SpanKind.SERVER, 10, 90),
				span("inner", "answer", "users", SpanKind.INTERNAL, 20, 80)))
			.containsExactly("call 1000-1010", "answer 1010-1020", "inner 1020-1080", "answer 1080-1090",
					"call 1090-1100");
	}

	@Test
	void pathIsThatOfTheRootWithoutParent() {
		assertThat(path(span("orphan", "gone", 0, 400), span("root", null, 10, 100), span("a", "root", 20, 90)))
			.containsExactly("root 10-20", "a 20-90", "root 90-100");
	}

	@Test
	void pathGoesThroughAllRootsWhereEachLacksItsParent() {
		assertThat(path(span("a", "gone", 0, 40), span("b", "gone", 30, 90), span("c", "lost", 95, 120)))
			.containsExactly("a 0-30", "b 30-90", "c 95-120");
	}

	@Test
	void pathOfAnyTraceIsInOrderAndWithinTheRoot() {
		Random random = new Random(7);
		for (int i = 0; i < 300; i++) {
			List<SpanRecord> spans = new ArrayList<>(List.of(span("0", null, 0, 1000)));
			for (int id = 1; id < 40; id++) {
				SpanRecord parent = spans.get(random.nextInt(spans.size()));
				long start = parent.start() / MS + random.nextInt((int) (parent.duration() / MS) + 1);
				long end = start + random.nextInt((int) (parent.end() / MS - start) + 1);
				spans.add(span("" + id, parent.spanId(), start, end));
			}
			List<Stretch> path = TraceAnalysis.of(Trace.of(spans)).criticalPath();
			long at = 0;
			for (Stretch stretch : path) {
				assertThat(stretch.start()).isEqualTo(at);
				assertThat(stretch.end()).isGreaterThan(at);
				at = stretch.end();
			}
			assertThat(at).isEqualTo(1000 * MS);
		}
	}

	@Test
	void findingsNameWhatWasSeen() {
		List<SpanRecord> spans = new ArrayList<>();
		spans.add(span("root", null, "tasks", SpanKind.SERVER, "GET /tasks", 0, 200 * MS));
		spans.add(span("code", "root", "tasks", SpanKind.INTERNAL, "TaskList.show", 0, 199 * MS, false,
				Attributes.of(AttributeKey.stringKey("code.function.name"), "com.acme.TaskList.show"), List.of()));
		for (int i = 0; i < 50; i++) {
			spans.add(span("s" + i, "code", "tasks", SpanKind.CLIENT, "SELECT users", (2 + i * 3) * MS,
					(4 + i * 3) * MS, false,
					Attributes.builder()
						.put("db.system.name", "postgresql")
						.put("db.query.text", "SELECT * FROM users WHERE id = ?")
						.build(),
					List.of()));
		}
		List<Finding> findings = TraceAnalysis.of(Trace.of(spans)).findings();
		assertThat(findings).singleElement().satisfies((finding) -> {
			assertThat(finding.kind()).isEqualTo(Kind.N_PLUS_ONE);
			assertThat(finding.title()).isEqualTo("SELECT users 50 times, one after the other");
			assertThat(finding.cause()).contains("`SELECT * FROM users WHERE id = ?` ran 50 times")
				.contains("for com.acme.TaskList.show")
				.contains("100 ms together, 2.0 ms each");
			assertThat(finding.action()).contains("com.acme.TaskList.show").contains("default_batch_fetch_size");
			assertThat(finding.impact()).isEqualTo(100 * MS);
			assertThat(finding.share()).isEqualTo(0.5);
			assertThat(finding.spans()).hasSize(50).startsWith("s0");
		});
	}

	@Test
	void impactCountsNoMomentTwice() {
		List<SpanRecord> spans = new ArrayList<>();
		spans.add(span("root", null, "tasks", SpanKind.SERVER, "GET /tasks", 0, 1000 * MS));
		for (int i = 0; i < 3; i++) {
			spans.add(span("s" + i, "root", "tasks", SpanKind.CLIENT, "SELECT sums", (100 + i) * MS, (900 - i) * MS,
					false,
					Attributes.builder().put("db.system", "mysql").put("db.statement", "SELECT sum(x) FROM y").build(),
					List.of()));
		}
		assertThat(TraceAnalysis.of(Trace.of(spans)).findings())
			.filteredOn((finding) -> finding.kind() == Kind.SLOW_STATEMENT)
			.singleElement()
			.satisfies((finding) -> {
				assertThat(finding.spans()).hasSize(3);
				assertThat(finding.impact()).isEqualTo(800 * MS);
			});
	}

	@Test
	void findingsAreFewAndTheGreatestComeFirst() {
		List<SpanRecord> spans = new ArrayList<>();
		spans.add(span("root", null, "tasks", SpanKind.SERVER, "GET /tasks", 0, 60_000 * MS));
		long at = 0;
		for (int i = 0; i < 9; i++) {
			for (int k = 0; k < 12; k++) {
				spans.add(span("n" + i + "-" + k, "root", "tasks", SpanKind.CLIENT, "SELECT t", at * MS,
						(at + 80 + i) * MS, false, Attributes.of(AttributeKey.stringKey("db.statement"),
								"SELECT * FROM t" + (char) ('a' + i) + " WHERE k = ?"),
						List.of()));
				at += 81 + i;
			}
			spans.add(span("q" + i, "root", "tasks", SpanKind.CLIENT, "SELECT q", at * MS, (at + 5000) * MS, false,
					Attributes.of(AttributeKey.stringKey("db.statement"), "SELECT sum(a) FROM q" + (char) ('a' + i)),
					List.of()));
			at += 5001;
		}
		List<Finding> findings = TraceAnalysis.of(Trace.of(spans)).findings();
		assertThat(findings).hasSizeLessThanOrEqualTo(12);
		assertThat(findings).extracting(Finding::kind)
			.containsExactly(Kind.SLOW_STATEMENT, Kind.SLOW_STATEMENT, Kind.SLOW_STATEMENT, Kind.N_PLUS_ONE,
					Kind.N_PLUS_ONE, Kind.N_PLUS_ONE);
		assertThat(findings).extracting(Finding::impact).isSortedAccordingTo((a, b) -> Long.compare(b, a));
	}

	@Test
	void anErrorNamesWhereItBeganAndWhoHandledIt() {
		Attributes exception = Attributes.builder()
			.put("exception.type", "java.lang.IllegalStateException")
			.put("exception.message", "no stock")
			.put("exception.stacktrace",
					"org.springframework.Wrapped: x\n\tat org.springframework.A.b(A.java:1)\n\tat com.acme.Web.call(Web.java:7)\n"
							+ "Caused by: java.lang.IllegalStateException: no stock\n\tat java.base/java.util.X.y(X.java:2)\n"
							+ "\tat java.util.X.y(X.java:2)\n\tat com.acme.Stock.take(Stock.java:42)\n\tat com.acme.Web.call(Web.java:7)")
			.build();
		Attributes failure = Attributes.of(AttributeKey.stringKey("error.type"), "java.lang.IllegalStateException");
		assertThat(TraceAnalysis
			.of(Trace.of(List.of(span("root", null, "shop", SpanKind.SERVER, "POST /orders", 0, 50 * MS),
					span("service", "root", "shop", SpanKind.INTERNAL, "Orders.place", 1, 40 * MS, true, failure,
							List.of()),
					span("stock", "service", "shop", SpanKind.INTERNAL, "Stock.take", 2, 30 * MS, true, failure,
							List.of(new SpanRecord.Event("exception", 29 * MS, exception))))))
			.findings()).singleElement().satisfies((finding) -> {
				assertThat(finding.kind()).isEqualTo(Kind.ERROR_ORIGIN);
				assertThat(finding.title()).isEqualTo("Error began at Stock.take: java.lang.IllegalStateException");
				assertThat(finding.cause()).contains("(no stock)")
					.contains("spread to Orders.place")
					.contains("POST /orders of shop handled it");
				assertThat(finding.action()).contains("com.acme.Stock.take(Stock.java:42)");
				assertThat(finding.spans()).containsExactly("stock", "service");
			});
	}

	static Stream<Arguments> shapes() {
		return Stream.<Object[]>of(
				new Object[] { "a chain", (IntFunction<List<SpanRecord>>) TraceAnalysisTests::chain },
				new Object[] { "siblings", (IntFunction<List<SpanRecord>>) TraceAnalysisTests::siblings },
				new Object[] { "failing spans and such that do not in turn",
						(IntFunction<List<SpanRecord>>) TraceAnalysisTests::failing },
				new Object[] { "calls and callees in turn", (IntFunction<List<SpanRecord>>) TraceAnalysisTests::calls },
				new Object[] { "attempts within attempts",
						(IntFunction<List<SpanRecord>>) TraceAnalysisTests::attempts },
				new Object[] { "a spine whose leaves outlast it",
						(IntFunction<List<SpanRecord>>) TraceAnalysisTests::outlasting },
				new Object[] { "statements within statements",
						(IntFunction<List<SpanRecord>>) TraceAnalysisTests::nested },
				new Object[] { "pauses", (IntFunction<List<SpanRecord>>) TraceAnalysisTests::pauses })
			.map(Arguments::of);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("shapes")
	void workGrowsWithTheNumberOfSpans(String name, IntFunction<List<SpanRecord>> shape) {
		long work = work(shape.apply(MANY));
		assertThat(work).isGreaterThan(MANY).isLessThan(400L * MANY);
		assertThat(work(shape.apply(2 * MANY))).isLessThan(work * 5 / 2);
	}

	private static long work(List<SpanRecord> spans) {
		TraceView view = new TraceView(Trace.of(spans));
		TraceAnalysis.of(view);
		return view.work();
	}

	private static SpanRecord deep(int i, int count, SpanKind kind, boolean failed, Attributes attributes,
			List<SpanRecord.Event> events) {
		return span("s" + i, (i > 0) ? "s" + (i - 1) : null, "service" + i / 2 % 5, kind, "name" + i, i * MS,
				(2L * count + 1000 - i) * MS, failed, attributes, events);
	}

	private static List<SpanRecord> chain(int count) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(deep(i, count, SpanKind.INTERNAL, false, Attributes.empty(), List.of()));
		}
		return spans;
	}

	private static List<SpanRecord> siblings(int count) {
		List<SpanRecord> spans = new ArrayList<>(List.of(span("root", null, 0, 3L * count)));
		for (int i = 1; i < count; i++) {
			spans.add(span("s" + i, "root", "tasks", SpanKind.CLIENT, "SELECT t", 3 * i * MS, (3 * i + 2) * MS, false,
					Attributes.builder()
						.put("db.system", "mysql")
						.put("db.statement", "SELECT a FROM t" + i % 700)
						.build(),
					List.of()));
		}
		return spans;
	}

	private static List<SpanRecord> failing(int count) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(deep(i, count, (i % 4 == 0) ? SpanKind.SERVER : SpanKind.INTERNAL, i % 4 < 2,
					Attributes.of(AttributeKey.stringKey("error.type"), "E" + i), List.of()));
		}
		return spans;
	}

	private static List<SpanRecord> calls(int count) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(deep(i, count, (i % 2 == 0) ? SpanKind.SERVER : SpanKind.CLIENT, i % 20 == 1,
					Attributes.builder()
						.put("http.request.method", "GET")
						.put("server.address", "host" + i % 300)
						.build(),
					List.of()));
		}
		return spans;
	}

	private static List<SpanRecord> attempts(int count) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			SpanRecord.Event event = new SpanRecord.Event("retry_attempt", (i + count) * MS, Attributes.empty());
			spans.add(deep(i, count, SpanKind.INTERNAL, false, Attributes.empty(), List.of(event, event, event)));
		}
		return spans;
	}

	private static List<SpanRecord> outlasting(int count) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < count / 2; i++) {
			spans.add(deep(i, count, SpanKind.INTERNAL, false, Attributes.empty(), List.of()));
		}
		for (int i = 0; i < count / 2; i++) {
			spans.add(span("leaf" + i, "s" + (count / 2 - 1), count, 2L * count + 999));
		}
		return spans;
	}

	private static List<SpanRecord> nested(int count) {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(deep(i, count, (i == 0) ? SpanKind.SERVER : SpanKind.CLIENT, false,
					Attributes.builder()
						.put("db.system", "mysql")
						.put("db.statement", "SELECT a FROM t" + (char) ('a' + i % 26) + i / 26 + " WHERE b = ?")
						.put("db.response.returned_rows", 1)
						.build(),
					List.of()));
		}
		return spans;
	}

	private static List<SpanRecord> pauses(int count) {
		List<SpanRecord> spans = new ArrayList<>(List.of(span("root", null, 0, 100L * count)));
		for (int i = 1; i < count; i++) {
			spans.add(span("s" + i, "root", 100L * i, 100L * i + 30));
		}
		return spans;
	}

	@Test
	void nothingThatSpansSayMakesItFail() {
		Random random = new Random(20_261_121);
		for (int round = 0; round < 3000; round++) {
			List<SpanRecord> spans = new ArrayList<>();
			int count = 1 + random.nextInt(25);
			for (int i = 0; i < count; i++) {
				spans.add(anySpan(random, count));
			}
			TraceAnalysis analysis = TraceAnalysis.of(Trace.of(spans));
			for (Finding finding : analysis.findings()) {
				assertThat(finding.impact()).isNotNegative();
				assertThat(finding.share()).isBetween(0.0, 1.0);
				assertThat(finding.spans()).isNotEmpty();
			}
			TraceComparison.of(Trace.of(spans), Trace.of(spans));
		}
	}

	private static SpanRecord anySpan(Random random, int count) {
		long[] times = { 0, 1, -5, Long.MIN_VALUE, Long.MAX_VALUE, random.nextInt(2000) * MS, random.nextInt(2000) * MS,
				random.nextInt(2000) * MS, random.nextLong() };
		AttributesBuilder attributes = Attributes.builder();
		String[] keys = { "db.system", "db.statement", "db.query.text", "http.method", "http.url", "server.port",
				"http.status_code", "error.type", "cache.name", "cache.hit", "cache.operation", "retry.attempt",
				"rpc.method", "messaging.system", "messaging.destination.name", "messaging.batch.message_count",
				"code.function.name", "db.response.returned_rows", "db.rows_examined", "hindspan.db.pool.active",
				"db.operation.batch.size", "url.full", "db.query.plan", "hindspan.error.category" };
		for (String key : keys) {
			switch (random.nextInt(9)) {
				case 0 -> attributes.put(key, "");
				case 1 -> attributes.put(key, "select ' from where = ://?#" + random.nextInt(3));
				case 2 -> attributes.put(key, random.nextLong());
				case 3 -> attributes.put(key, true);
				case 4 -> attributes.put(key, "a", "b");
				case 5 -> attributes.put(key, Double.NaN);
				case 6 -> attributes.put(key, "99999999999999999");
				default -> {
				}
			}
		}
		String[] names = { "", "db.connection.acquire", "retry_attempt", "cache_miss", "exception", "x/events", "GET",
				"1" };
		List<SpanRecord.Event> events = new ArrayList<>();
		for (int i = random.nextInt(4); i > 0; i--) {
			events.add(new SpanRecord.Event(names[random.nextInt(names.length)], times[random.nextInt(times.length)],
					attributes.build()));
		}
		return span("" + random.nextInt(count), (random.nextInt(5) == 0) ? null : "" + random.nextInt(count),
				"service" + random.nextInt(3), SpanKind.values()[random.nextInt(5)],
				names[random.nextInt(names.length)], times[random.nextInt(times.length)],
				times[random.nextInt(times.length)], random.nextInt(3) == 0, attributes.build(), events);
	}

	private static List<String> path(SpanRecord... spans) {
		return TraceAnalysis.of(Trace.of(Arrays.asList(spans)))
			.criticalPath()
			.stream()
			.map((stretch) -> stretch.spanId() + " " + stretch.start() / MS + "-" + stretch.end() / MS)
			.toList();
	}

}
