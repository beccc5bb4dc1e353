package io.hindspan.test;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One finished span, as a backend reads it. Immutable.
 * <p>
 * Attribute values are {@link String}, {@link Boolean}, {@link Long}, {@link Double}, a
 * {@link List} or a {@link Map} of these, or a read-only {@link java.nio.ByteBuffer}.
 *
 * @param traceId the trace's id, 32 hexadecimal digits
 * @param spanId the span's id, 16 hexadecimal digits
 * @param parentSpanId the parent's id, or {@code null} for a root
 * @param name the name
 * @param kind the kind
 * @param status the status code
 * @param statusMessage the status description, or an empty string
 * @param startNanos the start in nanoseconds since the epoch
 * @param endNanos the end in nanoseconds since the epoch
 * @param attributes the attributes, in the order in which they were exported
 * @param events the events
 * @param links the links
 * @param resource the attributes of the resource, such as {@code service.name}
 * @param scope the instrumentation scope
 * @param flags the flags: trace flags in the lowest eight bits, above them whether the
 * parent is known to be remote
 * @param traceState the {@code tracestate} header's text, or an empty string
 * @param dropped how much the span lost to its limits
 * @see <a href=
 * "https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto">trace.proto</a>
 */
public record RecordedSpan(String traceId, String spanId, @Nullable String parentSpanId, String name, SpanKind kind,
		StatusCode status, String statusMessage, long startNanos, long endNanos, Map<String, Object> attributes,
		List<Event> events, List<Link> links, Map<String, Object> resource, Scope scope, int flags, String traceState,
		Dropped dropped) {

	private static final int SAMPLED = 0x01;

	private static final int PARENT_REMOTE_IS_KNOWN = 0x100;

	private static final int PARENT_IS_REMOTE = 0x200;

	/**
	 * Copies the collections.
	 */
	public RecordedSpan {
		attributes = copy(attributes);
		events = List.copyOf(events);
		links = List.copyOf(links);
		resource = copy(resource);
	}

	/**
	 * The value of one attribute.
	 * @param key the attribute's name
	 * @return the value, or {@code null} where there is none
	 */
	public @Nullable Object attribute(String key) {
		return this.attributes.get(key);
	}

	/**
	 * The name of the service that made the span.
	 * @return the resource's {@code service.name}, or an empty string
	 */
	public String service() {
		Object name = this.resource.get("service.name");
		return (name != null) ? name.toString() : "";
	}

	/**
	 * The time between start and end.
	 * @return the duration
	 */
	public Duration duration() {
		return Duration.ofNanos(this.endNanos - this.startNanos);
	}

	/**
	 * Whether the status is ERROR.
	 * @return whether the span failed
	 */
	public boolean isError() {
		return this.status == StatusCode.ERROR;
	}

	/**
	 * Whether the exporter said that the trace is sampled.
	 * @return whether the sampled flag is set
	 */
	public boolean isSampled() {
		return (this.flags & SAMPLED) != 0;
	}

	/**
	 * Whether the parent is a span of another process.
	 * @return whether it is, or empty where the exporter did not say so
	 */
	public Optional<Boolean> parentIsRemote() {
		return ((this.flags & PARENT_REMOTE_IS_KNOWN) != 0) ? Optional.of((this.flags & PARENT_IS_REMOTE) != 0)
				: Optional.empty();
	}

	/**
	 * The first event of a name.
	 * @param name the event's name
	 * @return the event, or empty where there is none
	 */
	public Optional<Event> event(String name) {
		return this.events.stream().filter((event) -> event.name().equals(name)).findFirst();
	}

	private static Map<String, Object> copy(Map<String, Object> map) {
		return Collections.unmodifiableMap(new LinkedHashMap<>(map));
	}

	/**
	 * Something that happened during a span, such as an exception. Immutable.
	 *
	 * @param name the name
	 * @param timeNanos the time in nanoseconds since the epoch
	 * @param attributes the attributes
	 */
	public record Event(String name, long timeNanos, Map<String, Object> attributes) {

		/**
		 * Copies the collections.
		 */
		public Event {
			attributes = copy(attributes);
		}

	}

	/**
	 * A reference to another span. Immutable.
	 *
	 * @param traceId the other span's trace id
	 * @param spanId the other span's id
	 * @param attributes the attributes
	 * @param traceState the other span's {@code tracestate}, or an empty string
	 * @param flags the other span's flags
	 */
	public record Link(String traceId, String spanId, Map<String, Object> attributes, String traceState, int flags) {

		/**
		 * Copies the collections.
		 */
		public Link {
			attributes = copy(attributes);
		}

	}

	/**
	 * The instrumentation that made a span. Immutable.
	 *
	 * @param name the name
	 * @param version the version, or an empty string
	 * @param attributes the attributes
	 */
	public record Scope(String name, String version, Map<String, Object> attributes) {

		/**
		 * Copies the collections.
		 */
		public Scope {
			attributes = copy(attributes);
		}

	}

	/**
	 * How much a span lost to its limits.
	 *
	 * @param attributes the number of dropped attributes
	 * @param events the number of dropped events
	 * @param links the number of dropped links
	 */
	public record Dropped(int attributes, int events, int links) {

	}

}
