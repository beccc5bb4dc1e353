package io.hindspan.test;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The spans of one trace that were received so far, of all services, as a tree.
 * Immutable: spans that arrive later are in a later snapshot. {@link #toString()} prints
 * the tree.
 */
public final class RecordedTrace {

	private static final Comparator<RecordedSpan> BY_START = Comparator.comparingLong(RecordedSpan::startNanos);

	private final String traceId;

	private final List<RecordedSpan> spans;

	private final Map<String, RecordedSpan> spansById = new LinkedHashMap<>();

	private final Map<String, List<RecordedSpan>> childrenByParentId = new LinkedHashMap<>();

	private final List<RecordedSpan> roots = new ArrayList<>();

	private RecordedTrace(String traceId, Collection<RecordedSpan> spans) {
		this.traceId = traceId;
		this.spans = spans.stream().sorted(BY_START).toList();
		for (RecordedSpan span : this.spans) {
			if (!span.traceId().equals(traceId)) {
				throw new IllegalArgumentException("Span " + span + " is not of trace " + traceId);
			}
			this.spansById.putIfAbsent(span.spanId(), span);
		}
		for (RecordedSpan span : this.spans) {
			String parentId = span.parentSpanId();
			if (parentId == null || !this.spansById.containsKey(parentId)) {
				this.roots.add(span);
			}
			else {
				this.childrenByParentId.computeIfAbsent(parentId, (id) -> new ArrayList<>()).add(span);
			}
		}
	}

	/**
	 * Arranges the spans of one trace.
	 * @param traceId the trace's id
	 * @param spans its spans in any order
	 * @return the trace
	 * @throws IllegalArgumentException if a span is of another trace
	 */
	public static RecordedTrace of(String traceId, Collection<RecordedSpan> spans) {
		return new RecordedTrace(traceId, spans);
	}

	/**
	 * Arranges spans of any number of traces.
	 * @param spans the spans in any order
	 * @return the traces in the order of their first span
	 */
	public static List<RecordedTrace> all(Collection<RecordedSpan> spans) {
		Map<String, List<RecordedSpan>> byTraceId = new LinkedHashMap<>();
		for (RecordedSpan span : spans) {
			byTraceId.computeIfAbsent(span.traceId(), (id) -> new ArrayList<>()).add(span);
		}
		return byTraceId.entrySet().stream().map((entry) -> of(entry.getKey(), entry.getValue())).toList();
	}

	/**
	 * The trace's id.
	 * @return 32 hexadecimal digits
	 */
	public String traceId() {
		return this.traceId;
	}

	/**
	 * All spans.
	 * @return the spans in the order of their start
	 */
	public List<RecordedSpan> spans() {
		return this.spans;
	}

	/**
	 * The spans that meet a condition.
	 * @param filter the condition
	 * @return the spans in the order of their start
	 */
	public List<RecordedSpan> spans(Predicate<RecordedSpan> filter) {
		return this.spans.stream().filter(filter).toList();
	}

	/**
	 * The spans of a name.
	 * @param name the name
	 * @return the spans in the order of their start
	 */
	public List<RecordedSpan> spans(String name) {
		return spans((span) -> span.name().equals(name));
	}

	/**
	 * The one span of a name.
	 * @param name the name
	 * @return the span
	 * @throws AssertionError if there is none, or more than one
	 */
	public RecordedSpan span(String name) {
		List<RecordedSpan> found = spans(name);
		if (found.size() != 1) {
			throw new AssertionError(
					"Expecting one span named \"" + name + "\" but found " + found.size() + " in\n" + this);
		}
		return found.get(0);
	}

	/**
	 * The spans without a parent here: roots, and spans whose parent was not received,
	 * because it has not ended, was not exported or belongs to a caller that exports
	 * elsewhere.
	 * @return the spans in the order of their start
	 */
	public List<RecordedSpan> roots() {
		return Collections.unmodifiableList(this.roots);
	}

	/**
	 * A span's parent.
	 * @param span the span
	 * @return the parent, or empty where it was not received or there is none
	 */
	public Optional<RecordedSpan> parent(RecordedSpan span) {
		return Optional.ofNullable(span.parentSpanId()).map(this.spansById::get);
	}

	/**
	 * A span's children.
	 * @param span the span
	 * @return the children in the order of their start
	 */
	public List<RecordedSpan> children(RecordedSpan span) {
		return Collections.unmodifiableList(this.childrenByParentId.getOrDefault(span.spanId(), List.of()));
	}

	/**
	 * The spans below a span.
	 * @param span the span
	 * @return its children, their children, and so on, each parent before its children
	 */
	public List<RecordedSpan> descendants(RecordedSpan span) {
		List<RecordedSpan> descendants = new ArrayList<>();
		Set<RecordedSpan> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		seen.add(span);
		addDescendants(span, seen, descendants);
		return descendants;
	}

	private void addDescendants(RecordedSpan span, Set<RecordedSpan> seen, List<RecordedSpan> descendants) {
		for (RecordedSpan child : children(span)) {
			// A faulty exporter can repeat an id or name a span its own ancestor.
			if (seen.add(child)) {
				descendants.add(child);
				addDescendants(child, seen, descendants);
			}
		}
	}

	/**
	 * The services that took part.
	 * @return their names in the order of their first span
	 */
	public Set<String> services() {
		Set<String> services = new LinkedHashSet<>();
		for (RecordedSpan span : this.spans) {
			services.add(span.service());
		}
		return Collections.unmodifiableSet(services);
	}

	/**
	 * The trace as a tree, a line for each span: name, kind, service, duration, status
	 * and the attributes that tell what it was about.
	 */
	@Override
	public String toString() {
		return TraceTree.print(this);
	}

}
