package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds services whose clocks disagree: a call that was answered before it was made, or
 * after it had ended although the answer took no longer than the call.
 */
final class ClockSkew implements Detector {

	private static final long MIN = 5_000_000;

	private static final long MIN_LATE = 10_000_000;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<String>, List<SpanNode>> byServices = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			SpanNode parent = node.parent;
			if (parent != null && node.isElsewhereThan(parent) && isSkewed(parent, node)) {
				byServices.computeIfAbsent(List.of(parent.service(), node.service()), (key) -> new ArrayList<>())
					.add(node);
			}
		}
		byServices.forEach((services, children) -> report(findings, services, children));
	}

	private static boolean isSkewed(SpanNode parent, SpanNode node) {
		long early = parent.span.start() - node.span.start();
		if (early >= MIN) {
			return true;
		}
		long late = node.span.end() - parent.span.end();
		boolean answered = parent.kind() == SpanKind.CLIENT && node.kind() == SpanKind.SERVER && !parent.failed();
		return answered && late >= MIN_LATE && late >= parent.duration() / 10 && node.duration() <= parent.duration();
	}

	/**
	 * How far the clock of a span is ahead of that of its parent, as far as their times
	 * tell.
	 */
	private static long offset(SpanNode node) {
		SpanNode parent = node.parent;
		if (parent == null) {
			return 0;
		}
		long start = node.span.start() - parent.span.start();
		if (node.kind() == SpanKind.CONSUMER || node.duration() > parent.duration()) {
			return Math.min(0, start);
		}
		return (start + node.span.end() - parent.span.end()) / 2;
	}

	private static void report(Findings findings, List<String> services, List<SpanNode> children) {
		long[] offsets = children.stream().mapToLong(ClockSkew::offset).sorted().toArray();
		long offset = offsets[offsets.length / 2];
		SpanNode first = children.get(0);
		String parent = (first.parent != null) ? first.parent.name() : "";
		boolean early = offset < 0;
		String how = Wording.time(Math.abs(offset)) + (early ? " behind" : " ahead of");
		findings
			.add(Kind.CLOCK_SKEW, 0, children,
					"The clock of " + services.get(1) + " is about " + how + " that of " + services.get(0),
					first.name() + " of " + services.get(1)
							+ (early ? " seems to begin before " : " seems to end after ") + parent + " of "
							+ services.get(0) + ", which called it"
							+ ((children.size() > 1) ? ", and it is so with " + Wording.count(children.size()
									- 1, "more span", "more spans") : "")
							+ ". The critical path is computed with the times moved.",
					"Let both hosts take their time from the same source (NTP, chrony); containers have that of their host.");
	}

}
