package io.hindspan.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * The spans of one trace, drawn as a tree with kinds, durations and errors.
 */
final class TraceTree {

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	/** What is deeper is not seen for its indentation. */
	private static final int MAX_DEPTH = 100;

	private final List<SpanData> spans;

	TraceTree(List<SpanData> spans) {
		this.spans = new ArrayList<>(spans);
		this.spans.sort(Comparator.comparingLong(SpanData::getStartEpochNanos));
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(128 + 80 * this.spans.size());
		text.append("Trace ").append(this.spans.get(0).getTraceId());
		Set<String> ids = new HashSet<>();
		this.spans.forEach((span) -> ids.add(span.getSpanId()));
		Map<String, List<SpanData>> children = new HashMap<>();
		Map<String, SpanData> roots = new LinkedHashMap<>();
		for (SpanData span : this.spans) {
			if (ids.contains(span.getParentSpanId())) {
				children.computeIfAbsent(span.getParentSpanId(), (id) -> new ArrayList<>()).add(span);
			}
			else {
				roots.put(span.getSpanId(), span);
			}
		}
		draw(text, List.copyOf(roots.values()), children, "", 1);
		return text.toString();
	}

	private void draw(StringBuilder text, List<SpanData> siblings, Map<String, List<SpanData>> children, String indent,
			int depth) {
		for (int i = 0; i < siblings.size(); i++) {
			SpanData span = siblings.get(i);
			boolean last = (i == siblings.size() - 1);
			text.append('\n').append(indent).append(last ? "└─ " : "├─ ");
			describe(text, span);
			String beneath = indent + (last ? "   " : "│  ");
			List<SpanData> own = children.getOrDefault(span.getSpanId(), List.of());
			if (depth < MAX_DEPTH) {
				draw(text, own, children, beneath, depth + 1);
			}
			else if (!own.isEmpty()) {
				text.append('\n').append(beneath).append("└─ … deeper spans are left out");
			}
		}
	}

	private void describe(StringBuilder text, SpanData span) {
		text.append(span.getName());
		long nanos = span.getEndEpochNanos() - span.getStartEpochNanos();
		text.append(String.format(Locale.ROOT, (nanos < 10_000_000) ? " (%.1fms)" : " (%.0fms)", nanos / 1e6));
		if (span.getKind() != SpanKind.INTERNAL) {
			text.append(" ─ ").append(span.getKind().name().toLowerCase(Locale.ROOT));
		}
		if (span.getStatus().getStatusCode() == StatusCode.ERROR) {
			text.append(" ─ ERROR");
			String type = span.getAttributes().get(ERROR_TYPE);
			if (type != null) {
				text.append(' ').append(type);
			}
			if (!span.getStatus().getDescription().isEmpty()) {
				text.append(": ").append(span.getStatus().getDescription());
			}
		}
	}

}
