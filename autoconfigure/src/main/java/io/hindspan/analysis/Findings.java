package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.hindspan.analysis.Finding.Kind;

/**
 * What the detectors found in a trace, and which spans are explained by it.
 */
final class Findings {

	private static final int MAX_SPANS = 100;

	private static final int MAX_OF_KIND = 3;

	private static final int MAX = 12;

	private final TraceView view;

	private final List<Finding> found = new ArrayList<>();

	private final Map<SpanNode, Set<Kind>> explained = new HashMap<>();

	private final List<Interval> explainedTimes = new ArrayList<>();

	Findings(TraceView view) {
		this.view = view;
	}

	/**
	 * Adds a finding.
	 * @param kind what it is
	 * @param impact the time that it took
	 * @param spans the spans that show it, the most telling first
	 * @param title what it is in a few words
	 * @param cause what was seen
	 * @param action what to do about it
	 */
	void add(Kind kind, long impact, Collection<SpanNode> spans, String title, String cause, String action) {
		Set<String> ids = new LinkedHashSet<>();
		for (SpanNode span : spans) {
			this.explained.computeIfAbsent(span, (key) -> EnumSet.noneOf(Kind.class)).add(kind);
			if (ids.size() < MAX_SPANS) {
				ids.add(span.id());
			}
		}
		this.found.add(new Finding(kind, title, cause, Math.max(0, impact),
				Math.max(0, Math.min(1, (double) impact / this.view.duration())), action, List.copyOf(ids)));
	}

	/**
	 * Whether a span is part of a finding.
	 */
	boolean explains(SpanNode span, Kind kind) {
		Set<Kind> kinds = this.explained.get(span);
		return kinds != null && kinds.contains(kind);
	}

	/**
	 * Notes that a finding explains a time in which no span tells what happened.
	 */
	void explain(Interval time) {
		this.explainedTimes.add(time);
	}

	List<Interval> explainedTimes() {
		return this.explainedTimes;
	}

	/**
	 * The findings, the greatest impact first and the last of many left out.
	 */
	List<Finding> greatest() {
		List<Finding> sorted = new ArrayList<>(this.found);
		sorted.sort(Comparator.comparingLong(Finding::impact).reversed().thenComparing(Finding::kind));
		Map<Kind, Integer> ofKind = new EnumMap<>(Kind.class);
		List<Finding> greatest = new ArrayList<>();
		for (Finding finding : sorted) {
			if (ofKind.merge(finding.kind(), 1, Integer::sum) <= MAX_OF_KIND && greatest.size() < MAX) {
				greatest.add(finding);
			}
		}
		return List.copyOf(greatest);
	}

}
