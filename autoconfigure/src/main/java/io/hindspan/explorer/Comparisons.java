package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.TraceComparison;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * Writes comparisons.
 */
final class Comparisons {

	/** How many traces say what is usual. */
	private static final int USUAL = 50;

	private Comparisons() {
	}

	/**
	 * Other traces of the same route, those without errors if there are any.
	 * @param recent traces, the newest first
	 */
	static List<Trace> usual(List<Trace> recent, Trace trace) {
		List<Trace> sound = new ArrayList<>();
		List<Trace> failed = new ArrayList<>();
		SpanRecord root = trace.root();
		for (Trace other : recent) {
			SpanRecord otherRoot = other.root();
			if (!other.id().equals(trace.id()) && otherRoot.name().equals(root.name())
					&& otherRoot.service().equals(root.service())) {
				List<Trace> list = (other.errors() == 0) ? sound : failed;
				if (list.size() < USUAL) {
					list.add(other);
				}
			}
		}
		return sound.isEmpty() ? failed : sound;
	}

	static Json with(Trace before, Trace after) {
		Json json = new Json().object().name("before").object().member("traceId", before.id());
		side(json, before.root().name(), before.duration(), before.spans().size(), before.errors());
		json.member("traces", 1).endObject();
		return rest(json, after, TraceComparison.of(before, after));
	}

	static Json withUsual(List<Trace> usual, Trace after) {
		Json json = new Json().object().name("before").object();
		side(json, after.root().name(), median(usual, Trace::duration), median(usual, (trace) -> trace.spans().size()),
				median(usual, Trace::errors));
		json.member("traces", usual.size()).endObject();
		return rest(json, after, TraceComparison.withUsual(usual, after));
	}

	private static long median(List<Trace> traces, ToLongFunction<Trace> value) {
		long[] sorted = traces.stream().mapToLong(value).sorted().toArray();
		return sorted[(sorted.length - 1) / 2];
	}

	private static Json rest(Json json, Trace after, TraceComparison comparison) {
		json.name("after").object().member("traceId", after.id());
		side(json, after.root().name(), after.duration(), after.spans().size(), after.errors());
		json.endObject().name("rows").array();
		for (TraceComparison.Row row : comparison.rows()) {
			json.object()
				.member("depth", row.depth())
				.member("name", row.name())
				.member("service", row.service())
				.member("kind", row.kind())
				.member("change", row.change().name());
			side(json, "before", row.before());
			side(json, "after", row.after());
			json.endObject();
		}
		return json.endArray().endObject();
	}

	private static void side(Json json, String name, long duration, long spans, long errors) {
		json.member("name", name).member("duration", duration).member("spans", spans).member("errors", errors);
	}

	private static void side(Json json, String name, TraceComparison.@Nullable Side side) {
		if (side != null) {
			json.name(name)
				.object()
				.member("count", side.count())
				.member("duration", side.duration())
				.member("self", side.self())
				.member("errors", side.errors())
				.strings("spans", side.spans())
				.endObject();
		}
	}

}
