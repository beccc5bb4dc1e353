package io.hindspan.benchmarks.sampling;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.hindspan.benchmarks.sampling.Fault.Kind;
import io.hindspan.test.RecordedSpan;

/**
 * What was exported, beside what had to be.
 */
final class Report {

	/** The head of {@link #row}. */
	static final String HEAD = """
			| topology | requests | head-sampled | errors | slow | parts to export | exported | missing | surplus \
			| out of reach | spans given up | most bytes buffered |
			|---|---|---|---|---|---|---|---|---|---|---|---|""";

	private static final String REASON = "sampling.reason";

	private static final String LOST = "sampling.lost_spans";

	private final Map<Loss, Integer> losses = new EnumMap<>(Loss.class);

	private final List<String> differences = new ArrayList<>();

	private int requests;

	private int sampled;

	private int errors;

	private int slow;

	private int expected;

	private int exported;

	private int missing;

	private int surplus;

	private int undecided;

	private long lostSpans;

	private long givenUp;

	private long mostBytes;

	/**
	 * Adds a trace.
	 * @param oracle what must be exported of it
	 * @param spans what was, by the name of the service
	 */
	void add(Oracle oracle, Map<String, List<RecordedSpan>> spans) {
		Order order = oracle.order();
		boolean sampled = Part.isSampled(oracle.traceId());
		this.requests++;
		this.sampled += sampled ? 1 : 0;
		this.errors += order.has(Kind.ERROR, Kind.HANDLED_ERROR) ? 1 : 0;
		this.slow += order.has(Kind.SLOW) ? 1 : 0;
		for (Part part : oracle.parts()) {
			List<RecordedSpan> exported = spans.getOrDefault(part.service().id(), List.of());
			this.exported += exported.isEmpty() ? 0 : 1;
			if (part.isKept()) {
				this.expected++;
				addKept(oracle, part, exported, sampled);
			}
			else if (part.isUndecided()) {
				this.undecided++;
			}
			else if (!exported.isEmpty()) {
				this.surplus++;
				oracle.differs(part + " was exported with " + exported.size() + " spans, for "
						+ exported.stream().map((span) -> span.attribute(REASON)).toList());
			}
			else if (oracle.isKept()) {
				this.losses.merge(oracle.loss(part), 1, Integer::sum);
			}
		}
		this.differences.addAll(oracle.differences());
	}

	private void addKept(Oracle oracle, Part part, List<RecordedSpan> exported, boolean sampled) {
		Set<String> missing = part.spanIds();
		Set<String> surplus = new HashSet<>();
		exported.forEach((span) -> {
			if (!missing.remove(span.spanId())) {
				surplus.add(span.spanId());
			}
		});
		long lost = exported.stream()
			.filter((span) -> span.attribute(LOST) != null)
			.mapToLong((span) -> (Long) span.attribute(LOST))
			.sum();
		this.lostSpans += lost;
		if (missing.size() != lost) {
			this.missing++;
			oracle.differs(part + " lacks " + missing.size() + " of " + part.size() + " spans and tells of " + lost);
		}
		if (!surplus.isEmpty()) {
			this.surplus++;
			oracle.differs(part + " was exported with spans more than once, or unknown ones: " + surplus);
		}
		if (!exported.stream().allMatch(RecordedSpan::isSampled)) {
			oracle.differs(part + " was exported without the sampled flag");
		}
		if (!part.isAskedFor() && !exported.isEmpty()
				&& exported.stream().noneMatch((span) -> span.attribute(REASON) != null)) {
			oracle.differs(part + " was exported without a reason");
		}
		if (exported.stream().anyMatch((span) -> span.traceState().contains("th:") != sampled)) {
			oracle.differs(part + " tells a wrong probability: "
					+ exported.stream().map(RecordedSpan::traceState).distinct().toList());
		}
	}

	/**
	 * Adds what was exported and belongs to no request.
	 */
	void addStrangers(Map<String, List<RecordedSpan>> byTraceId) {
		byTraceId.forEach((traceId, spans) -> {
			this.surplus++;
			this.differences
				.add("Trace " + traceId + " is of no request: " + spans.stream().map(RecordedSpan::name).toList());
		});
	}

	void addBuffer(long givenUp, long mostBytes) {
		this.givenUp += givenUp;
		this.mostBytes = Math.max(this.mostBytes, mostBytes);
	}

	void differs(String what) {
		this.differences.add(what);
	}

	/**
	 * Adds another report.
	 */
	void add(Report other) {
		this.requests += other.requests;
		this.sampled += other.sampled;
		this.errors += other.errors;
		this.slow += other.slow;
		this.expected += other.expected;
		this.exported += other.exported;
		this.missing += other.missing;
		this.surplus += other.surplus;
		this.undecided += other.undecided;
		this.lostSpans += other.lostSpans;
		other.losses.forEach((loss, count) -> this.losses.merge(loss, count, Integer::sum));
		this.differences.addAll(other.differences);
		addBuffer(other.givenUp, other.mostBytes);
	}

	/** All that is not as it must be. */
	List<String> differences() {
		return this.differences;
	}

	int expected() {
		return this.expected;
	}

	int exported() {
		return this.exported;
	}

	/** Spans that were given up for room, by the statistics. */
	long givenUp() {
		return this.givenUp;
	}

	/** Spans that were given up for room, by what the exported parts tell. */
	long lostSpans() {
		return this.lostSpans;
	}

	/** Parts that took so nearly the threshold that both would be right. */
	int undecided() {
		return this.undecided;
	}

	long mostBytes() {
		return this.mostBytes;
	}

	/** What could not be kept. */
	Map<Loss, Integer> losses() {
		return this.losses;
	}

	String row(String name) {
		return String.format(Locale.ROOT, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |", name,
				this.requests, this.sampled, this.errors, this.slow, this.expected, this.exported, this.missing,
				this.surplus, this.losses.values().stream().mapToInt(Integer::intValue).sum(), this.givenUp,
				this.mostBytes);
	}

}
