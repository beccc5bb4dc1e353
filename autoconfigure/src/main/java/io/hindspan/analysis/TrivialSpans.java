package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds very many very short spans, which cost more than they tell.
 */
final class TrivialSpans implements Detector {

	private static final int MIN_COUNT = 100;

	private static final long SHORT = 500_000;

	private static final double MIN_SHARE_OF_SPANS = 0.2;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<String>, List<SpanNode>> byName = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (node.kind() == SpanKind.INTERNAL && node.children.isEmpty() && !node.failed()
					&& !node.facts.isPoolWait()) {
				byName.computeIfAbsent(List.of(node.service(), withoutDigits(node.name())), (key) -> new ArrayList<>())
					.add(node);
			}
		}
		byName.forEach((key, spans) -> {
			long many = spans.stream().filter((span) -> span.duration() <= SHORT).count();
			if (many >= MIN_COUNT && many >= 0.9 * spans.size()
					&& spans.size() >= MIN_SHARE_OF_SPANS * view.nodes().size()) {
				report(view, findings, spans);
			}
		});
	}

	private static String withoutDigits(String name) {
		StringBuilder text = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			boolean digit = c >= '0' && c <= '9';
			if (!digit || text.isEmpty() || text.charAt(text.length() - 1) != '#') {
				text.append(digit ? '#' : c);
			}
		}
		return text.toString();
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> spans) {
		SpanNode first = spans.get(0);
		String code = view.caller(first);
		findings.add(Kind.TRIVIAL_SPANS, view.critical(spans), spans,
				spans.size() + " very short spans " + first.name(),
				spans.size() + " of the trace's " + view.nodes().size() + " spans are " + first.name() + " of "
						+ first.service() + ", " + Wording.time(Sequence.medianDuration(spans)) + " each.",
				"One span around all of them with their number as an attribute tells as much: take the span or `@Observed` off "
						+ code + ", or turn its observation off (`management.observations.enable.*`).");
	}

}
