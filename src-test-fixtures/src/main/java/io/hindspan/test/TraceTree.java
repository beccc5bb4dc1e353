package io.hindspan.test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** Prints traces, and trees in general, as indented lines. */
final class TraceTree {

	/** The attributes that tell what a span was about, in either set of names. */
	private static final List<String> TELLING_ATTRIBUTES = List.of("http.response.status_code", "http.status_code",
			"url.path", "http.target", "db.system.name", "db.system", "db.namespace", "db.query.text", "db.statement",
			"db.response.returned_rows", "messaging.system", "messaging.destination.name", "error.type");

	private final RecordedTrace trace;

	private final Set<RecordedSpan> printed = Collections.newSetFromMap(new IdentityHashMap<>());

	private final StringBuilder text = new StringBuilder();

	private TraceTree(RecordedTrace trace) {
		this.trace = trace;
	}

	static String print(RecordedTrace trace) {
		return new TraceTree(trace).print();
	}

	private String print() {
		this.text.append("Trace ").append(this.trace.traceId()).append(", ").append(this.trace.spans().size());
		this.text.append(" spans, services ").append(this.trace.services());
		for (RecordedSpan root : this.trace.roots()) {
			print(root, "\n", "\n");
		}
		for (RecordedSpan span : this.trace.spans()) {
			if (!this.printed.contains(span)) {
				this.text.append("\n(its own ancestor)");
				print(span, " ", "\n");
			}
		}
		return this.text.toString();
	}

	private void print(RecordedSpan span, String firstIndent, String indent) {
		if (!this.printed.add(span)) {
			return;
		}
		this.text.append(firstIndent).append(describe(span));
		if (span.parentSpanId() != null && this.trace.parent(span).isEmpty()) {
			this.text.append(" (parent ").append(span.parentSpanId()).append(" was not received)");
		}
		branches(this.trace.children(span), indent, this::print);
	}

	static String describe(RecordedSpan span) {
		StringBuilder line = new StringBuilder(span.name()).append(' ').append(span.kind());
		if (!span.service().isEmpty()) {
			line.append(" [").append(span.service()).append(']');
		}
		line.append(String.format(Locale.ROOT, " %.3f ms", (span.endNanos() - span.startNanos()) / 1e6));
		switch (span.status()) {
			case UNSET -> {
			}
			case OK -> line.append(" OK");
			case ERROR -> {
				line.append(" ERROR");
				if (!span.statusMessage().isEmpty()) {
					line.append(" \"").append(span.statusMessage()).append('"');
				}
			}
		}
		for (String key : TELLING_ATTRIBUTES) {
			Object value = span.attribute(key);
			if (value != null) {
				line.append(' ').append(key).append('=').append(value);
			}
		}
		for (RecordedSpan.Event event : span.events()) {
			Object exception = event.attributes().get("exception.type");
			line.append(" !").append((exception != null) ? exception : event.name());
		}
		if (!span.links().isEmpty()) {
			line.append(" links=").append(span.links().size());
		}
		return line.toString();
	}

	static <T> String print(T root, Function<T, String> describe, Function<T, List<T>> children) {
		List<String> lines = new ArrayList<>();
		print(root, "", "", describe, children, lines);
		return String.join("\n", lines);
	}

	private static <T> void print(T node, String firstIndent, String indent, Function<T, String> describe,
			Function<T, List<T>> children, List<String> lines) {
		lines.add(firstIndent + describe.apply(node));
		branches(children.apply(node), indent,
				(child, first, rest) -> print(child, first, rest, describe, children, lines));
	}

	private static <T> void branches(List<T> children, String indent, BranchPrinter<T> printer) {
		for (int i = 0; i < children.size(); i++) {
			boolean last = (i == children.size() - 1);
			printer.print(children.get(i), indent + (last ? "└─ " : "├─ "), indent + (last ? "   " : "│  "));
		}
	}

	private interface BranchPrinter<T> {

		void print(T node, String firstIndent, String indent);

	}

}
