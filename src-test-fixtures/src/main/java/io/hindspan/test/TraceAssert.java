package io.hindspan.test;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on a whole trace. Every failure prints the trace as a tree.
 * <pre class="code">
 * assertThat(trace).hasSingleRoot()
 *     .matchesTree(span("POST /tasks", SERVER).with(
 *             span("CreateTaskUseCase.execute").with(
 *                     span("INSERT tasks", CLIENT).attribute("db.system.name", "postgresql"))));
 * </pre>
 */
public final class TraceAssert extends AbstractAssert<TraceAssert, RecordedTrace> {

	TraceAssert(RecordedTrace actual) {
		super(actual, TraceAssert.class);
	}

	/**
	 * One span is the ancestor of all others, and it has no parent itself.
	 * @return this
	 */
	public TraceAssert hasSingleRoot() {
		isConnected();
		if (this.actual.roots().get(0).parentSpanId() != null) {
			throw failure("Expecting a root without parent in%n%s", this.actual);
		}
		return this;
	}

	/**
	 * One span is the ancestor of all others. Its own parent may be a span that was not
	 * received: a caller's that exports elsewhere.
	 * @return this
	 */
	public TraceAssert isConnected() {
		isNotNull();
		if (this.actual.roots().size() != 1) {
			throw failure("Expecting a single root but found %s in%n%s", names(this.actual.roots()), this.actual);
		}
		int connected = 1 + this.actual.descendants(this.actual.roots().get(0)).size();
		if (connected != this.actual.spans().size()) {
			throw failure("Expecting no span to be its own ancestor in%n%s", this.actual);
		}
		return this;
	}

	/**
	 * The trace consists of this tree and nothing else, except below spans that are
	 * expected with {@link SpanExpectation#containing}.
	 * @param root the expectation of the single root
	 * @return this
	 */
	public TraceAssert matchesTree(SpanExpectation root) {
		isConnected();
		requireNoDifferences(root, root.differences(this.actual.roots().get(0), this.actual));
		return this;
	}

	/**
	 * Some span of the trace is the top of this tree.
	 * @param top the expectation of that span
	 * @return this
	 */
	public TraceAssert containsTree(SpanExpectation top) {
		isNotNull();
		List<RecordedSpan> candidates = this.actual.spans(top.name());
		if (candidates.isEmpty()) {
			requireNoDifferences(top, List.of("no span is named \"" + top.name() + "\""));
		}
		List<String> fewest = null;
		for (RecordedSpan candidate : candidates) {
			List<String> differences = top.differences(candidate, this.actual);
			if (fewest == null || differences.size() < fewest.size()) {
				fewest = differences;
			}
		}
		if (fewest != null) {
			requireNoDifferences(top, fewest);
		}
		return this;
	}

	private void requireNoDifferences(SpanExpectation expected, List<String> differences) {
		if (!differences.isEmpty()) {
			throw failure("Expecting the tree%n%s%nbut%n%s%nin%n%s", indent(expected.toString()),
					differences.stream().map((line) -> "  - " + line).collect(Collectors.joining("\n")), this.actual);
		}
	}

	/**
	 * The trace has this many spans.
	 * @param count the number of spans
	 * @return this
	 */
	public TraceAssert hasSpanCount(int count) {
		isNotNull();
		if (this.actual.spans().size() != count) {
			throw failure("Expecting %s spans in%n%s", count, this.actual);
		}
		return this;
	}

	/**
	 * The spans have these names, each as often as it is given, in any order.
	 * @param names the names
	 * @return this
	 */
	public TraceAssert hasSpansNamed(String... names) {
		isNotNull();
		List<String> expected = Stream.of(names).sorted().toList();
		List<String> found = this.actual.spans().stream().map(RecordedSpan::name).sorted().toList();
		if (!found.equals(expected)) {
			throw failure("Expecting the spans %s but found %s in%n%s", expected, found, this.actual);
		}
		return this;
	}

	/**
	 * No span has this name.
	 * @param name the name
	 * @return this
	 */
	public TraceAssert hasNoSpanNamed(String name) {
		isNotNull();
		if (!this.actual.spans(name).isEmpty()) {
			throw failure("Expecting no span named \"%s\" in%n%s", name, this.actual);
		}
		return this;
	}

	/**
	 * These services took part, and no other.
	 * @param services their names, in any order
	 * @return this
	 */
	public TraceAssert hasServices(String... services) {
		isNotNull();
		if (!new TreeSet<>(this.actual.services()).equals(new TreeSet<>(List.of(services)))) {
			throw failure("Expecting the services %s but found %s in%n%s", List.of(services), this.actual.services(),
					this.actual);
		}
		return this;
	}

	/**
	 * No span has the status ERROR.
	 * @return this
	 */
	public TraceAssert hasNoErrors() {
		isNotNull();
		List<RecordedSpan> failed = this.actual.spans(RecordedSpan::isError);
		if (!failed.isEmpty()) {
			throw failure("Expecting no errors but found %s in%n%s", names(failed), this.actual);
		}
		return this;
	}

	/**
	 * Goes on with the one span of a name.
	 * @param name the name
	 * @return assertions on the span, whose failures print this trace too
	 */
	public SpanAssert span(String name) {
		isNotNull();
		List<RecordedSpan> found = this.actual.spans(name);
		if (found.size() != 1) {
			throw failure("Expecting one span named \"%s\" but found %s in%n%s", name, found.size(), this.actual);
		}
		return new SpanAssert(found.get(0), this.actual);
	}

	/**
	 * Goes on with the single root.
	 * @return assertions on the span, whose failures print this trace too
	 */
	public SpanAssert root() {
		isConnected();
		return new SpanAssert(this.actual.roots().get(0), this.actual);
	}

	private static List<String> names(List<RecordedSpan> spans) {
		return spans.stream().map(RecordedSpan::name).toList();
	}

	private static String indent(String text) {
		return "  " + text.replace("\n", "\n  ");
	}

}
