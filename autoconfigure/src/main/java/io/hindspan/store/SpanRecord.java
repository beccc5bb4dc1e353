package io.hindspan.store;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * A finished span as the store keeps it. Immutable.
 *
 * @param traceId the id of its trace, 32 hexadecimal digits in lower case
 * @param spanId its id, 16 hexadecimal digits in lower case
 * @param parentId the id of its parent, or {@code null} for a root
 * @param flags the trace flags, as in {@code traceparent}
 * @param traceState the value of {@code tracestate}, empty for none
 * @param origin the service and instrumentation scope
 * @param name the name
 * @param kind the kind
 * @param start the time of its start, nanoseconds since the epoch
 * @param end the time of its end, nanoseconds since the epoch; not before its start
 * @param status the code of its status
 * @param statusDescription the description of its status, empty for none
 * @param attributes the attributes
 * @param droppedAttributes how many attributes were dropped
 * @param events the events, in order of time
 * @param droppedEvents how many events were dropped
 * @param links the links
 * @param droppedLinks how many links were dropped
 */
public record SpanRecord(String traceId, String spanId, @Nullable String parentId, byte flags, String traceState,
		SpanOrigin origin, String name, SpanKind kind, long start, long end, StatusCode status,
		String statusDescription, Attributes attributes, int droppedAttributes, List<Event> events, int droppedEvents,
		List<Link> links, int droppedLinks) {

	/**
	 * The duration.
	 * @return nanoseconds, never negative
	 */
	public long duration() {
		return this.end - this.start;
	}

	/**
	 * Whether the span failed.
	 * @return whether its status is an error
	 */
	public boolean isError() {
		return this.status == StatusCode.ERROR;
	}

	/**
	 * The service it is of.
	 * @return the name of the service
	 */
	public String service() {
		return this.origin.service();
	}

	/**
	 * Something that happened at a moment of the span.
	 *
	 * @param name the name
	 * @param time when it was, nanoseconds since the epoch
	 * @param attributes the attributes
	 */
	public record Event(String name, long time, Attributes attributes) {

	}

	/**
	 * A span of this or of another trace that the span has to do with.
	 *
	 * @param traceId the id of the other span's trace
	 * @param spanId the id of the other span
	 * @param attributes the attributes
	 */
	public record Link(String traceId, String spanId, Attributes attributes) {

	}

}
