package io.hindspan.sample.launcher;

import java.util.List;
import java.util.Locale;

import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

/** Draws a trace: a line for each span, the service where it changes. */
final class TraceTree {

	private final RecordedTrace trace;

	private final StringBuilder text = new StringBuilder();

	private TraceTree(RecordedTrace trace) {
		this.trace = trace;
	}

	static String draw(RecordedTrace trace) {
		return new TraceTree(trace).draw();
	}

	private String draw() {
		long start = this.trace.spans().stream().mapToLong(RecordedSpan::startNanos).min().orElse(0);
		long end = this.trace.spans().stream().mapToLong(RecordedSpan::endNanos).max().orElse(0);
		this.text.append("Trace ").append(this.trace.traceId()).append(" · ").append(millis(end - start));
		int count = this.trace.spans().size();
		this.text.append(" · ").append(count).append((count == 1) ? " span · " : " spans · ");
		this.text.append(String.join(", ", this.trace.services())).append('\n');
		for (RecordedSpan root : this.trace.roots()) {
			line(root, "", "");
			children(root, "");
		}
		return this.text.toString();
	}

	private void children(RecordedSpan parent, String indent) {
		List<RecordedSpan> children = this.trace.children(parent);
		for (int i = 0; i < children.size(); i++) {
			boolean last = i == children.size() - 1;
			line(children.get(i), indent + (last ? "└─ " : "├─ "), parent.service());
			children(children.get(i), indent + (last ? "   " : "│  "));
		}
	}

	private void line(RecordedSpan span, String indent, String callingService) {
		this.text.append(indent).append(span.name());
		this.text.append("  ").append(millis(span.endNanos() - span.startNanos()));
		if (!span.service().equals(callingService)) {
			this.text.append("  [").append(span.service()).append(']');
		}
		if (span.status() == StatusCode.ERROR) {
			this.text.append("  ERROR");
			appendIfPresent(span.attribute("error.type"));
			appendIfPresent(span.statusMessage());
		}
		this.text.append('\n');
	}

	private void appendIfPresent(@Nullable Object detail) {
		if (detail != null && !detail.toString().isEmpty()) {
			this.text.append(' ').append(detail);
		}
	}

	private static String millis(long nanos) {
		return String.format(Locale.ROOT, "%.1f ms", nanos / 1_000_000.0);
	}

}
