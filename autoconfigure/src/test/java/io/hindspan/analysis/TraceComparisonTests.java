package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;

import io.hindspan.analysis.TraceComparison.Change;
import io.hindspan.analysis.TraceComparison.Row;
import io.hindspan.analysis.TraceComparison.Side;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static io.hindspan.analysis.SpanRecords.MS;
import static io.hindspan.analysis.SpanRecords.span;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TraceComparison}.
 */
class TraceComparisonTests {

	@Test
	void alignsByServiceKindAndName() {
		Trace before = trace(call("root", null, "GET /tasks", 0, 100), call("1", "root", "SELECT tasks", 10, 30),
				call("2", "root", "GET /users", 40, 60));
		Trace after = trace(call("a", null, "GET /tasks", 500, 700), call("b", "a", "SELECT tasks", 510, 531),
				call("c", "a", "SELECT tasks", 540, 560), call("d", "a", "SELECT tasks", 570, 590),
				call("e", "a", "GET /mails", 600, 610));
		List<Row> rows = TraceComparison.of(before, after).rows();
		assertThat(rows).extracting((row) -> row.depth() + " " + row.name() + " " + row.change())
			.containsExactly("0 GET /tasks GROWN", "1 SELECT tasks GROWN", "1 GET /users MISSING", "1 GET /mails NEW");
		assertThat(rows.get(0).before()).isEqualTo(new Side(1, 100 * MS, 60 * MS, 0, List.of("root")));
		assertThat(rows.get(1).after()).isEqualTo(new Side(3, 61 * MS, 61 * MS, 0, List.of("b", "c", "d")));
		assertThat(rows.get(2).after()).isNull();
		assertThat(rows.get(3).before()).isNull();
	}

	@Test
	void spansOfAnotherServiceAreAnotherRow() {
		Trace before = trace(span("root", null, "tasks", SpanKind.SERVER, "GET", 0, 9 * MS));
		Trace after = trace(span("root", null, "users", SpanKind.SERVER, "GET", 0, 9 * MS));
		assertThat(TraceComparison.of(before, after).rows()).extracting(Row::change)
			.containsExactlyInAnyOrder(Change.NEW, Change.MISSING);
	}

	@Test
	void noiseIsNoChange() {
		Trace before = trace(call("root", null, "GET", 0, 100), call("1", "root", "SELECT", 10, 14));
		Trace after = trace(call("root", null, "GET", 0, 120), call("1", "root", "SELECT", 10, 11));
		assertThat(TraceComparison.of(before, after).rows()).extracting(Row::change)
			.containsExactly(Change.SAME, Change.SAME);
	}

	@Test
	void fewerSpansAreAChangeEvenIfTheyTakeAsLong() {
		Trace before = trace(call("root", null, "GET", 0, 100), call("1", "root", "SELECT", 10, 12),
				call("2", "root", "SELECT", 13, 15));
		Trace after = trace(call("root", null, "GET", 0, 100), call("1", "root", "SELECT", 10, 14));
		assertThat(TraceComparison.of(before, after).rows()).extracting(Row::change)
			.containsExactly(Change.SAME, Change.SHRUNK);
	}

	@Test
	void aTraceIsTheSameAsItself() {
		forEachScene((trace) -> {
			List<Row> rows = TraceComparison.of(trace, trace).rows();
			assertThat(rows).isNotEmpty().allSatisfy((row) -> {
				assertThat(row.change()).isEqualTo(Change.SAME);
				assertThat(row.before()).isEqualTo(row.after());
			});
			assertThat(TraceComparison.withUsual(List.of(trace, trace, trace), trace).rows()).extracting(Row::change)
				.containsOnly(Change.SAME);
		});
	}

	@Test
	void sumsAgreeWithTheTraces() {
		Trace[] last = new Trace[1];
		forEachScene((trace) -> {
			Trace before = (last[0] != null) ? last[0] : trace;
			last[0] = trace;
			List<Row> rows = TraceComparison.of(before, trace).rows();
			assertAgrees(rows.stream().map(Row::before), before);
			assertAgrees(rows.stream().map(Row::after), trace);
		});
	}

	private static void assertAgrees(Stream<Side> sides, Trace trace) {
		List<Side> known = sides.filter((side) -> side != null).toList();
		assertThat(known.stream().mapToInt(Side::count).sum()).isEqualTo(trace.spans().size());
		assertThat(known.stream().mapToInt(Side::errors).sum()).isEqualTo(trace.errors());
		assertThat(known.stream().mapToLong(Side::duration).sum())
			.isEqualTo(trace.spans().stream().mapToLong(SpanRecord::duration).sum());
		assertThat(known).allSatisfy((side) -> {
			assertThat(side.self()).isBetween(0L, side.duration());
			assertThat(side.spans()).hasSize(Math.min(100, side.count()));
		});
	}

	@Test
	void theOtherWayRoundEachChangeIsTheOpposite() {
		Trace[] last = new Trace[1];
		forEachScene((trace) -> {
			Trace before = (last[0] != null) ? last[0] : trace;
			last[0] = trace;
			List<String> there = changes(TraceComparison.of(before, trace), false);
			List<String> back = changes(TraceComparison.of(trace, before), true);
			assertThat(back).containsExactlyInAnyOrderElementsOf(there);
		});
	}

	private static List<String> changes(TraceComparison comparison, boolean opposite) {
		return comparison.rows()
			.stream()
			.map((row) -> row.depth() + row.service() + row.kind() + row.name()
					+ (opposite ? opposite(row.change()) + "" + row.after() + row.before()
							: row.change() + "" + row.before() + row.after()))
			.toList();
	}

	private static Change opposite(Change change) {
		return switch (change) {
			case SAME -> Change.SAME;
			case GROWN -> Change.SHRUNK;
			case SHRUNK -> Change.GROWN;
			case NEW -> Change.MISSING;
			case MISSING -> Change.NEW;
		};
	}

	@Test
	void parentsComeBeforeTheirChildrenAndSiblingsByStart() {
		forEachScene((trace) -> {
			TraceView view = new TraceView(trace);
			int depth = -1;
			List<Long> starts = new ArrayList<>();
			for (Row row : TraceComparison.of(trace, trace).rows()) {
				assertThat(row.depth()).isLessThanOrEqualTo(depth + 1);
				depth = row.depth();
				long start = view.nodes()
					.stream()
					.filter((node) -> node.id().equals(row.after().spans().get(0)))
					.mapToLong(SpanNode::start)
					.findFirst()
					.orElseThrow();
				while (starts.size() > depth + 1) {
					starts.remove(starts.size() - 1);
				}
				if (starts.size() == depth + 1) {
					assertThat(start).isGreaterThanOrEqualTo(starts.get(depth));
					starts.set(depth, start);
				}
				else {
					starts.add(start);
				}
			}
		});
	}

	@Test
	void whatIsUsualIsTheMedianOfTheTracesThatHaveIt() {
		List<Trace> usual = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			List<SpanRecord> spans = new ArrayList<>(List.of(call("root", null, "GET", 0, 100 + 10 * i)));
			if (i < 3) {
				spans.add(call("half", "root", "SELECT half", 10, 20 + i));
			}
			if (i < 2) {
				spans.add(call("few", "root", "SELECT few", 30, 40));
			}
			if (i == 0) {
				spans.add(call("once", "root", "SELECT once", 50, 60));
			}
			usual.add(Trace.of(spans));
		}
		Trace after = trace(call("root", null, "GET", 0, 300), call("few", "root", "SELECT few", 30, 40));
		List<Row> rows = TraceComparison.withUsual(usual, after).rows();
		assertThat(rows).extracting((row) -> row.name() + " " + row.change())
			.containsExactly("GET GROWN", "SELECT half MISSING", "SELECT few NEW");
		assertThat(rows.get(0).before()).isEqualTo(new Side(1, 120 * MS, 108 * MS, 0, List.of()));
		assertThat(rows.get(1).before()).isEqualTo(new Side(1, 11 * MS, 11 * MS, 0, List.of()));
	}

	@Test
	void deepTracesAreCompared() {
		List<SpanRecord> spans = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			spans.add(span("s" + i, (i > 0) ? "s" + (i - 1) : null, i, 30_000 - i));
		}
		Trace trace = Trace.of(spans);
		List<Row> rows = TraceComparison.of(trace, trace).rows();
		assertThat(rows).hasSize(10_000);
		assertThat(rows.get(9_999).depth()).isEqualTo(9_999);
	}

	private static void forEachScene(Consumer<Trace> consumer) {
		for (Map.Entry<String, Consumer<Scene>> play : TuningPlays.all().entrySet()) {
			for (int i = 0; i < 3; i++) {
				Scene scene = new Scene(play.getKey().hashCode() + i);
				play.getValue().accept(scene);
				consumer.accept(scene.trace());
			}
		}
	}

	private static SpanRecord call(String id, String parent, String name, long start, long end) {
		return span(id, parent, "tasks", SpanKind.CLIENT, name, start * MS, end * MS);
	}

	private static Trace trace(SpanRecord... spans) {
		return Trace.of(List.of(spans));
	}

}
