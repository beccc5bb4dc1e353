package io.hindspan.store.otlp;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.FinishedSpan;

/**
 * A span as it is read, field by field in any order. Ids are hexadecimal, empty where
 * there are none; times are nanoseconds since the epoch. For one thread.
 */
final class SpanParts {

	private static final int REMOTE_PARENT = 0x200;

	private static final int MAX_STATE = 8192;

	private final SpanIntake intake;

	private final AttributeParts attributes = new AttributeParts();

	private final List<EventData> events = new ArrayList<>(0);

	private final List<LinkData> links = new ArrayList<>(0);

	private String traceId = "";

	private String spanId = "";

	private String parentId = "";

	private String traceState = "";

	private int flags = 1;

	private String name = "";

	private int kind;

	private long start;

	private long end;

	private String message = "";

	private int code;

	private long droppedEvents;

	private long droppedLinks;

	SpanParts(SpanIntake intake) {
		this.intake = intake;
	}

	AttributeParts attributes() {
		return this.attributes;
	}

	void traceId(String id) {
		this.traceId = id;
	}

	void spanId(String id) {
		this.spanId = id;
	}

	void parentId(String id) {
		this.parentId = id;
	}

	void traceState(String state) {
		this.traceState = state;
	}

	void flags(int flags) {
		this.flags = flags;
	}

	void name(String text) {
		this.name = text;
	}

	void kind(long number) {
		this.kind = (int) Math.max(0, Math.min(6, number));
	}

	void start(long nanos) {
		this.start = nanos;
	}

	void end(long nanos) {
		this.end = nanos;
	}

	void message(String text) {
		this.message = text;
	}

	void code(long number) {
		this.code = (int) Math.max(0, Math.min(3, number));
	}

	void droppedEvents(long count) {
		this.droppedEvents += Math.max(0, count);
	}

	void droppedLinks(long count) {
		this.droppedLinks += Math.max(0, count);
	}

	void event(String name, long time, AttributeParts parts) {
		if (this.intake.takesPart(this.events.size())) {
			Attributes built = parts.build();
			this.events.add(EventData.create(time, name, built, parts.total(built)));
		}
		else {
			this.droppedEvents++;
		}
	}

	void link(String traceId, String spanId, String traceState, int flags, AttributeParts parts) {
		if (TraceId.isValid(traceId) && SpanId.isValid(spanId) && this.intake.takesPart(this.links.size())) {
			Attributes built = parts.build();
			this.links.add(LinkData.create(
					SpanContext.create(traceId, spanId, TraceFlags.fromByte((byte) flags), state(traceState)), built,
					parts.total(built)));
		}
		else {
			this.droppedLinks++;
		}
	}

	/**
	 * What is wrong with it.
	 * @return the fault, or {@code null} if it is right
	 */
	@Nullable String fault() {
		if (!TraceId.isValid(this.traceId)) {
			return "A trace id has 16 bytes (32 hexadecimal digits), not all of them zero";
		}
		if (!SpanId.isValid(this.spanId)) {
			return "A span id has 8 bytes (16 hexadecimal digits), not all of them zero";
		}
		if (!this.parentId.isEmpty() && !SpanId.isValid(this.parentId) && !SpanId.getInvalid().equals(this.parentId)) {
			return "The id of a parent has 8 bytes (16 hexadecimal digits)";
		}
		return (this.start > 0) ? null : "A span has the time of its start in nanoseconds since 1970";
	}

	/**
	 * Makes the span, which has no fault.
	 */
	SpanData build(Resource resource, InstrumentationScopeInfo scope) {
		SpanContext context = SpanContext.create(this.traceId, this.spanId, TraceFlags.fromByte((byte) this.flags),
				state(this.traceState));
		Attributes built = this.attributes.build();
		return new FinishedSpan(resource, scope, context, parent(), this.name, kind(), status(), this.start,
				Math.max(this.start, this.end), built, this.attributes.total(built), List.copyOf(this.events),
				AttributeParts.total(this.events.size(), this.droppedEvents), List.copyOf(this.links),
				AttributeParts.total(this.links.size(), this.droppedLinks));
	}

	private SpanContext parent() {
		if (!SpanId.isValid(this.parentId)) {
			return SpanContext.getInvalid();
		}
		TraceFlags flags = TraceFlags.fromByte((byte) this.flags);
		return ((this.flags & REMOTE_PARENT) != 0)
				? SpanContext.createFromRemoteParent(this.traceId, this.parentId, flags, TraceState.getDefault())
				: SpanContext.create(this.traceId, this.parentId, flags, TraceState.getDefault());
	}

	private SpanKind kind() {
		return switch (this.kind) {
			case 2 -> SpanKind.SERVER;
			case 3 -> SpanKind.CLIENT;
			case 4 -> SpanKind.PRODUCER;
			case 5 -> SpanKind.CONSUMER;
			default -> SpanKind.INTERNAL;
		};
	}

	private StatusData status() {
		return StatusData.create(switch (this.code) {
			case 1 -> StatusCode.OK;
			case 2 -> StatusCode.ERROR;
			default -> StatusCode.UNSET;
		}, this.message);
	}

	/**
	 * The members of a {@code tracestate}. A builder puts each before those that it has,
	 * and leaves out what is none.
	 */
	private static TraceState state(String text) {
		if (text.isEmpty() || text.length() > MAX_STATE) {
			return TraceState.getDefault();
		}
		TraceStateBuilder state = TraceState.builder();
		String[] members = text.split(",");
		for (int i = members.length - 1; i >= 0; i--) {
			int equals = members[i].indexOf('=');
			if (equals > 0) {
				state.put(members[i].substring(0, equals).strip(), members[i].substring(equals + 1).strip());
			}
		}
		return state.build();
	}

}
