package io.hindspan.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Has spans share what is equal: names, origins, keys and values of attributes, whole
 * sets of attributes. Remembers a bounded number of values, of which a newer one takes
 * the place of an older. A value is paid for by the span that brought it. Thread-safe.
 */
final class SharedValues {

	private static final int MAX_TEXT_LENGTH = 128;

	/** Above it, a set is remembered no longer than its span. */
	private static final int MAX_ATTRIBUTES_BYTES = 1024;

	private static final int MIN_SIZE = 64;

	private static final int MAX_SIZE = 8192;

	/** A record, its place in the trace and in the index of ids. */
	private static final long SPAN = 96 + 8 + 8;

	private static final long EVENT = 32;

	private static final long LINK = 24;

	private static final long KEY = 56;

	private final AtomicReferenceArray<@Nullable String> texts;

	private final AtomicReferenceArray<@Nullable AttributeKey<?>> keys;

	private final AtomicReferenceArray<@Nullable Attributes> sets;

	private final AtomicReferenceArray<@Nullable SpanOrigin> origins;

	/**
	 * Remembers as much as is little beside a store.
	 * @param maxBytes the bound of the store
	 */
	SharedValues(long maxBytes) {
		int size = Integer.highestOneBit((int) Math.max(MIN_SIZE, Math.min(MAX_SIZE, maxBytes / 8192)));
		this.texts = new AtomicReferenceArray<>(size);
		this.keys = new AtomicReferenceArray<>(size / 4);
		this.sets = new AtomicReferenceArray<>(size / 4);
		this.origins = new AtomicReferenceArray<>(MIN_SIZE);
	}

	/**
	 * Begins with spans of a trace.
	 * @param traceId the instance of the trace's id that all of its spans share
	 */
	Sharing of(String traceId) {
		return new Sharing(traceId);
	}

	private static int index(int hash, AtomicReferenceArray<?> table) {
		return (hash ^ (hash >>> 16)) & (table.length() - 1);
	}

	/**
	 * Makes spans of one trace share. Used by one thread.
	 */
	final class Sharing {

		private final String traceId;

		private @Nullable SpanRecord previous;

		private long bytes;

		private Sharing(String traceId) {
			this.traceId = traceId;
		}

		/**
		 * Makes a span share.
		 * @return an equal span, and what it takes besides what is there already
		 */
		SizedSpan share(SpanRecord span) {
			this.bytes = SPAN;
			SpanRecord shared = new SpanRecord(this.traceId, spanId(span), parentId(span), span.flags(),
					text(span.traceState()), origin(span.origin()), text(span.name()), span.kind(), span.start(),
					span.end(), span.status(), text(span.statusDescription()), attributes(span.attributes()),
					span.droppedAttributes(), events(span.events()), span.droppedEvents(), links(span.links()),
					span.droppedLinks());
			this.previous = shared;
			return new SizedSpan(shared, this.bytes);
		}

		/**
		 * A parent ends after its last child.
		 */
		private String spanId(SpanRecord span) {
			if (this.previous != null && span.spanId().equals(this.previous.parentId())) {
				return this.previous.parentId();
			}
			return paid(span.spanId());
		}

		/**
		 * Siblings end one after the other.
		 */
		private @Nullable String parentId(SpanRecord span) {
			String parentId = span.parentId();
			if (parentId == null) {
				return null;
			}
			if (this.previous != null && parentId.equals(this.previous.parentId())) {
				return this.previous.parentId();
			}
			return paid(parentId);
		}

		private String paid(String text) {
			this.bytes += HeapSize.of(text);
			return text;
		}

		private String text(String text) {
			if (text.isEmpty()) {
				return "";
			}
			if (text.length() > MAX_TEXT_LENGTH) {
				return paid(text);
			}
			AtomicReferenceArray<@Nullable String> table = SharedValues.this.texts;
			int index = index(text.hashCode(), table);
			String known = table.getAcquire(index);
			if (text.equals(known)) {
				return known;
			}
			table.setRelease(index, text);
			return paid(text);
		}

		private SpanOrigin origin(SpanOrigin origin) {
			AtomicReferenceArray<@Nullable SpanOrigin> table = SharedValues.this.origins;
			int index = index(origin.scope().hashCode() * 31 + origin.resource().hashCode(), table);
			SpanOrigin known = table.getAcquire(index);
			if (origin.equals(known)) {
				return known;
			}
			SpanOrigin shared = new SpanOrigin(text(origin.service()), text(origin.scope()),
					(origin.scopeVersion() != null) ? text(origin.scopeVersion()) : null,
					attributes(origin.resource()));
			table.setRelease(index, shared);
			this.bytes += EVENT;
			return shared;
		}

		private Attributes attributes(Attributes attributes) {
			if (attributes.isEmpty()) {
				return Attributes.empty();
			}
			AtomicReferenceArray<@Nullable Attributes> table = SharedValues.this.sets;
			int index = index(attributes.hashCode(), table);
			Attributes known = table.getAcquire(index);
			if (attributes.equals(known)) {
				return known;
			}
			long before = this.bytes;
			AttributesBuilder builder = Attributes.builder();
			attributes.forEach((key, value) -> put(builder, key, value));
			Attributes shared = builder.build();
			this.bytes += HeapSize.frame(shared);
			if (this.bytes - before <= MAX_ATTRIBUTES_BYTES) {
				table.setRelease(index, shared);
			}
			return shared;
		}

		@SuppressWarnings("unchecked")
		private void put(AttributesBuilder builder, AttributeKey<?> key, Object value) {
			Object shared;
			if (value instanceof String text) {
				shared = text(text);
			}
			else {
				this.bytes += HeapSize.value(value);
				shared = value;
			}
			builder.put((AttributeKey<Object>) key(key), shared);
		}

		private AttributeKey<?> key(AttributeKey<?> key) {
			AtomicReferenceArray<@Nullable AttributeKey<?>> table = SharedValues.this.keys;
			int index = index(key.hashCode(), table);
			AttributeKey<?> known = table.getAcquire(index);
			if (key.equals(known)) {
				return known;
			}
			table.setRelease(index, key);
			this.bytes += KEY + HeapSize.of(key.getKey());
			return key;
		}

		private List<SpanRecord.Event> events(List<SpanRecord.Event> events) {
			if (events.isEmpty()) {
				return List.of();
			}
			List<SpanRecord.Event> shared = new ArrayList<>(events.size());
			for (SpanRecord.Event event : events) {
				shared.add(new SpanRecord.Event(text(event.name()), event.time(), attributes(event.attributes())));
			}
			this.bytes += HeapSize.list(shared.size()) + EVENT * shared.size();
			return List.copyOf(shared);
		}

		private List<SpanRecord.Link> links(List<SpanRecord.Link> links) {
			if (links.isEmpty()) {
				return List.of();
			}
			List<SpanRecord.Link> shared = new ArrayList<>(links.size());
			for (SpanRecord.Link link : links) {
				shared
					.add(new SpanRecord.Link(paid(link.traceId()), paid(link.spanId()), attributes(link.attributes())));
			}
			this.bytes += HeapSize.list(shared.size()) + LINK * shared.size();
			return List.copyOf(shared);
		}

	}

	/**
	 * A span, and what it takes.
	 *
	 * @param span the span
	 * @param bytes what it takes on the heap besides what it shares
	 */
	record SizedSpan(SpanRecord span, long bytes) {

	}

}
