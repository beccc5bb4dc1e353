package io.hindspan.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * What a test expects of a span and of the spans below it: always the name, the rest only
 * where it is given. Without {@link #with} or {@link #containing} the span has no
 * children. Immutable: every method returns a new expectation.
 *
 * @see TraceAssert#matchesTree(SpanExpectation)
 */
public final class SpanExpectation {

	private final String name;

	private final @Nullable SpanKind kind;

	private final @Nullable StatusCode status;

	private final @Nullable String service;

	private final Map<String, Object> attributes;

	private final List<SpanExpectation> children;

	private final Children mode;

	private final boolean ordered;

	private SpanExpectation(String name, @Nullable SpanKind kind, @Nullable StatusCode status, @Nullable String service,
			Map<String, Object> attributes, List<SpanExpectation> children, Children mode, boolean ordered) {
		this.name = name;
		this.kind = kind;
		this.status = status;
		this.service = service;
		this.attributes = attributes;
		this.children = children;
		this.mode = mode;
		this.ordered = ordered;
	}

	/**
	 * Expects a span of any kind.
	 * @param name the span's name
	 * @return the expectation
	 */
	public static SpanExpectation span(String name) {
		return new SpanExpectation(name, null, null, null, Map.of(), List.of(), Children.EXACTLY, false);
	}

	/**
	 * Expects a span.
	 * @param name the span's name
	 * @param kind the span's kind
	 * @return the expectation
	 */
	public static SpanExpectation span(String name, SpanKind kind) {
		return new SpanExpectation(name, kind, null, null, Map.of(), List.of(), Children.EXACTLY, false);
	}

	/**
	 * Expects a status code.
	 * @param status the status code
	 * @return the expectation with it
	 */
	public SpanExpectation status(StatusCode status) {
		return new SpanExpectation(this.name, this.kind, status, this.service, this.attributes, this.children,
				this.mode, this.ordered);
	}

	/**
	 * Expects the span to be made by a service.
	 * @param service the resource's {@code service.name}
	 * @return the expectation with it
	 */
	public SpanExpectation service(String service) {
		return new SpanExpectation(this.name, this.kind, this.status, service, this.attributes, this.children,
				this.mode, this.ordered);
	}

	/**
	 * Expects an attribute. Integral numbers are compared as {@link Long}, others as
	 * {@link Double}, arrays as lists.
	 * @param key the attribute's name
	 * @param value its value
	 * @return the expectation with it
	 */
	public SpanExpectation attribute(String key, Object value) {
		Map<String, Object> attributes = new LinkedHashMap<>(this.attributes);
		attributes.put(key, AttributeValues.normalize(value));
		return new SpanExpectation(this.name, this.kind, this.status, this.service, attributes, this.children,
				this.mode, this.ordered);
	}

	/**
	 * Expects exactly these children, in any order, besides those already named.
	 * @param children the expectation of each child
	 * @return the expectation with them
	 */
	public SpanExpectation with(SpanExpectation... children) {
		return children(children, this.mode);
	}

	/**
	 * Expects at least these children, in any order, besides those already named: the
	 * span may have others. Without any it may have whatever children.
	 * @param children the expectation of each child
	 * @return the expectation with them
	 */
	public SpanExpectation containing(SpanExpectation... children) {
		return children(children, Children.AT_LEAST);
	}

	/**
	 * Expects the children to have started in the order in which they are named.
	 * @return the expectation with it
	 */
	public SpanExpectation inOrder() {
		return new SpanExpectation(this.name, this.kind, this.status, this.service, this.attributes, this.children,
				this.mode, true);
	}

	private SpanExpectation children(SpanExpectation[] more, Children mode) {
		List<SpanExpectation> children = new ArrayList<>(this.children);
		children.addAll(List.of(more));
		return new SpanExpectation(this.name, this.kind, this.status, this.service, this.attributes,
				List.copyOf(children), mode, this.ordered);
	}

	/**
	 * Tells how a span and the spans below it differ from the expectation.
	 * @param span the span to compare
	 * @param trace its trace
	 * @return a line for each difference, none if the span is as expected
	 */
	List<String> differences(RecordedSpan span, RecordedTrace trace) {
		List<String> differences = new ArrayList<>();
		addDifferences(span, trace, "", differences);
		return differences;
	}

	private void addDifferences(RecordedSpan span, RecordedTrace trace, String parentPath, List<String> differences) {
		String path = parentPath.isEmpty() ? this.name : parentPath + " > " + this.name;
		addOwnDifferences(span, path, differences);
		List<RecordedSpan> actual = trace.children(span);
		@Nullable RecordedSpan[] matches = match(actual, trace);
		List<RecordedSpan> unmatched = new ArrayList<>(actual);
		for (RecordedSpan match : matches) {
			unmatched.removeIf((candidate) -> candidate == match);
		}
		for (int i = 0; i < matches.length; i++) {
			if (matches[i] == null) {
				SpanExpectation missing = this.children.get(i);
				RecordedSpan nearest = missing.takeNearest(unmatched);
				if (nearest != null) {
					missing.addDifferences(nearest, trace, path, differences);
				}
				else {
					differences.add(path + ": expected child " + missing.describe() + " is missing");
				}
			}
		}
		if (this.mode == Children.EXACTLY) {
			for (RecordedSpan unexpected : unmatched) {
				differences.add(path + ": child " + TraceTree.describe(unexpected) + " is not expected");
			}
		}
		if (this.ordered) {
			addOrderDifferences(matches, path, differences);
		}
	}

	private void addOwnDifferences(RecordedSpan span, String path, List<String> differences) {
		if (!this.name.equals(span.name())) {
			differences.add(path + ": expected this name but was \"" + span.name() + "\"");
		}
		if (this.kind != null && this.kind != span.kind()) {
			differences.add(path + ": expected kind " + this.kind + " but was " + span.kind());
		}
		if (this.status != null && this.status != span.status()) {
			differences.add(path + ": expected status " + this.status + " but was " + span.status());
		}
		if (this.service != null && !this.service.equals(span.service())) {
			differences.add(path + ": expected service " + this.service + " but was " + span.service());
		}
		this.attributes.forEach((key, expected) -> {
			Object actual = span.attribute(key);
			if (!expected.equals(actual)) {
				differences.add(path + ": expected attribute " + key + "=" + AttributeValues.describe(expected)
						+ " but was " + AttributeValues.describe(actual));
			}
		});
	}

	private void addOrderDifferences(@Nullable RecordedSpan[] matches, String path, List<String> differences) {
		for (int i = 1; i < matches.length; i++) {
			RecordedSpan before = matches[i - 1];
			RecordedSpan after = matches[i];
			if (before != null && after != null && before.startNanos() > after.startNanos()) {
				differences.add(path + ": expected child " + before.name() + " to start before " + after.name());
			}
		}
	}

	/** Gives each expected child a span of its own, as many as possible. */
	private @Nullable RecordedSpan[] match(List<RecordedSpan> actual, RecordedTrace trace) {
		boolean[][] fits = new boolean[this.children.size()][actual.size()];
		for (int i = 0; i < fits.length; i++) {
			for (int j = 0; j < actual.size(); j++) {
				fits[i][j] = this.children.get(i).fits(actual.get(j), trace);
			}
		}
		int[] takenBy = new int[actual.size()];
		Arrays.fill(takenBy, -1);
		for (int i = 0; i < fits.length; i++) {
			take(i, fits, takenBy, new boolean[actual.size()]);
		}
		@Nullable RecordedSpan[] matches = new @Nullable RecordedSpan[fits.length];
		for (int j = 0; j < takenBy.length; j++) {
			if (takenBy[j] >= 0) {
				matches[takenBy[j]] = actual.get(j);
			}
		}
		return matches;
	}

	// Augmenting paths: an expectation may take a span from another one that finds a
	// second span, so the outcome does not depend on the order of either.
	private static boolean take(int expected, boolean[][] fits, int[] takenBy, boolean[] visited) {
		for (int j = 0; j < takenBy.length; j++) {
			if (fits[expected][j] && !visited[j]) {
				visited[j] = true;
				if (takenBy[j] < 0 || take(takenBy[j], fits, takenBy, visited)) {
					takenBy[j] = expected;
					return true;
				}
			}
		}
		return false;
	}

	private boolean fits(RecordedSpan span, RecordedTrace trace) {
		return this.name.equals(span.name()) && differences(span, trace).isEmpty();
	}

	private @Nullable RecordedSpan takeNearest(List<RecordedSpan> candidates) {
		for (RecordedSpan candidate : candidates) {
			if (this.name.equals(candidate.name())) {
				candidates.remove(candidate);
				return candidate;
			}
		}
		return null;
	}

	String name() {
		return this.name;
	}

	private String describe() {
		StringBuilder line = new StringBuilder(this.name);
		if (this.kind != null) {
			line.append(' ').append(this.kind);
		}
		if (this.service != null) {
			line.append(" [").append(this.service).append(']');
		}
		if (this.status != null) {
			line.append(' ').append(this.status);
		}
		this.attributes
			.forEach((key, value) -> line.append(' ').append(key).append('=').append(AttributeValues.describe(value)));
		if (this.ordered) {
			line.append(" (children in order)");
		}
		return line.toString();
	}

	private List<SpanExpectation> describedChildren() {
		if (this.mode == Children.EXACTLY) {
			return this.children;
		}
		List<SpanExpectation> described = new ArrayList<>(this.children);
		described.add(span("…"));
		return described;
	}

	/** The expectation as a tree; {@code …} stands for any further children. */
	@Override
	public String toString() {
		return TraceTree.print(this, SpanExpectation::describe, SpanExpectation::describedChildren);
	}

	private enum Children {

		EXACTLY, AT_LEAST

	}

}
