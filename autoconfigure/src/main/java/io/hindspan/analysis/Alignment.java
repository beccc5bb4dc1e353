package io.hindspan.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.TraceComparison.Change;
import io.hindspan.analysis.TraceComparison.Row;
import io.hindspan.analysis.TraceComparison.Side;

/**
 * Lays the trees of traces over one another: spans of the same service, kind and name
 * beneath the same ones are one place.
 */
final class Alignment {

	/** What durations may differ by for no reason. */
	private static final long NOISE = 5_000_000;

	private static final double NOISE_SHARE = 0.25;

	private static final int MAX_SPANS = 100;

	private final List<TraceView> before;

	private final TraceView after;

	/** Whether the left side is one trace, of which the spans are known. */
	private final boolean single;

	Alignment(List<TraceView> before, TraceView after, boolean single) {
		this.before = before;
		this.after = after;
		this.single = single;
	}

	/**
	 * The places, parents before their children, siblings by start.
	 */
	List<Row> rows() {
		Map<Key, Place> roots = new LinkedHashMap<>();
		for (int i = 0; i < this.before.size(); i++) {
			add(roots, 0, this.before.get(i).roots(), i);
		}
		add(roots, 0, this.after.roots(), -1);
		List<Row> rows = new ArrayList<>();
		Deque<Place> open = new ArrayDeque<>();
		push(open, roots);
		while (!open.isEmpty()) {
			Place place = open.pop();
			rows.add(row(place));
			Map<Key, Place> children = new LinkedHashMap<>();
			place.before.forEach((trace, spans) -> {
				for (SpanNode span : spans) {
					add(children, place.depth + 1, span.children, trace);
				}
			});
			for (SpanNode span : place.after) {
				add(children, place.depth + 1, span.children, -1);
			}
			push(open, children);
		}
		return rows;
	}

	private static void add(Map<Key, Place> places, int depth, List<SpanNode> spans, int trace) {
		for (SpanNode span : spans) {
			Place place = places.computeIfAbsent(new Key(span.service(), span.kind(), span.name()),
					(key) -> new Place(key, depth));
			if (trace < 0) {
				place.after.add(span);
			}
			else {
				place.before.computeIfAbsent(trace, (key) -> new ArrayList<>()).add(span);
			}
		}
	}

	private void push(Deque<Place> open, Map<Key, Place> places) {
		List<Place> sorted = new ArrayList<>();
		for (Place place : places.values()) {
			if (!place.after.isEmpty() || isUsual(place)) {
				place.start = start(place);
				sorted.add(place);
			}
		}
		sorted.sort(Comparator.comparingLong((Place place) -> place.start).reversed());
		sorted.forEach(open::push);
	}

	/**
	 * Whether at least half of the traces to compare with have spans there.
	 */
	private boolean isUsual(Place place) {
		return !place.before.isEmpty() && 2 * place.before.size() >= this.before.size();
	}

	/**
	 * When the spans of a place began, after the root did.
	 */
	private long start(Place place) {
		if (!place.after.isEmpty()) {
			return earliest(place.after) - this.after.main().start();
		}
		long[] starts = new long[place.before.size()];
		int i = 0;
		for (Map.Entry<Integer, List<SpanNode>> entry : place.before.entrySet()) {
			starts[i++] = earliest(entry.getValue()) - this.before.get(entry.getKey()).main().start();
		}
		return median(starts);
	}

	private static long earliest(List<SpanNode> spans) {
		long earliest = Long.MAX_VALUE;
		for (SpanNode span : spans) {
			earliest = Math.min(earliest, span.start());
		}
		return earliest;
	}

	private Row row(Place place) {
		Side left = isUsual(place) ? usual(place) : null;
		Side right = place.after.isEmpty() ? null : side(place.after);
		return new Row(place.depth, place.key.name, place.key.service, place.key.kind.name(), left, right,
				change(left, right));
	}

	private Side usual(Place place) {
		List<Side> sides = new ArrayList<>();
		place.before.values().forEach((spans) -> sides.add(side(spans)));
		if (this.single) {
			return sides.get(0);
		}
		return new Side((int) median(sides, Side::count), median(sides, Side::duration), median(sides, Side::self),
				(int) median(sides, Side::errors), List.of());
	}

	private static Side side(List<SpanNode> spans) {
		long duration = 0;
		long self = 0;
		int errors = 0;
		List<String> ids = new ArrayList<>();
		for (SpanNode span : spans) {
			duration += span.duration();
			self += span.self;
			errors += span.failed() ? 1 : 0;
			if (ids.size() < MAX_SPANS) {
				ids.add(span.id());
			}
		}
		return new Side(spans.size(), duration, self, errors, List.copyOf(ids));
	}

	private static long median(List<Side> sides, ToLongFunction<Side> figure) {
		return median(sides.stream().mapToLong(figure).toArray());
	}

	private static long median(long[] values) {
		Arrays.sort(values);
		return values[(values.length - 1) / 2];
	}

	private static Change change(@Nullable Side left, @Nullable Side right) {
		if (left == null) {
			return Change.NEW;
		}
		if (right == null) {
			return Change.MISSING;
		}
		long longer = right.duration() - left.duration();
		if (Math.abs(longer) >= NOISE
				&& Math.abs(longer) >= NOISE_SHARE * Math.min(left.duration(), right.duration())) {
			return (longer > 0) ? Change.GROWN : Change.SHRUNK;
		}
		int more = right.count() - left.count();
		if (more != 0 && Math.abs(more) >= NOISE_SHARE * Math.min(left.count(), right.count())) {
			return (more > 0) ? Change.GROWN : Change.SHRUNK;
		}
		return Change.SAME;
	}

	/**
	 * What spans of a place have in common.
	 */
	private record Key(String service, SpanKind kind, String name) {

	}

	/**
	 * Spans of the same service, kind and name beneath the same ones.
	 */
	private static final class Place {

		private final Key key;

		private final int depth;

		/** By the number of the trace. */
		private final Map<Integer, List<SpanNode>> before = new TreeMap<>();

		private final List<SpanNode> after = new ArrayList<>();

		private long start;

		Place(Key key, int depth) {
			this.key = key;
			this.depth = depth;
		}

	}

}
