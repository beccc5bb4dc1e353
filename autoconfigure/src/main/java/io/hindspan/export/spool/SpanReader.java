package io.hindspan.export.spool;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
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
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;

import io.hindspan.span.FinishedSpan;
import io.hindspan.span.codec.AttributeReader;

/**
 * Reads the spans that {@link SpanWriter} has written. Spans of one resource share its
 * instance again. For one thread.
 */
final class SpanReader {

	private final DataInputStream in;

	private final AttributeReader values;

	/**
	 * Creates a reader.
	 * @param limit how many bytes there are at most
	 */
	SpanReader(InputStream in, int limit) {
		this.in = new DataInputStream(in);
		this.values = new AttributeReader(this.in, limit);
	}

	/**
	 * Reads spans.
	 * @throws IOException if there are none as they should be
	 */
	List<SpanData> read() throws IOException {
		List<Resource> resources = new ArrayList<>();
		for (int i = this.values.length(); i > 0; i--) {
			String schemaUrl = this.values.text();
			resources.add(Resource.create(this.values.attributes(), schemaUrl));
		}
		List<InstrumentationScopeInfo> scopes = new ArrayList<>();
		for (int i = this.values.length(); i > 0; i--) {
			scopes.add(scope());
		}
		int count = this.values.length();
		List<SpanData> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(span(one(resources), one(scopes)));
		}
		if (this.in.read() >= 0) {
			throw new IOException("There is more than the spans");
		}
		return spans;
	}

	private InstrumentationScopeInfo scope() throws IOException {
		InstrumentationScopeInfoBuilder scope = InstrumentationScopeInfo.builder(this.values.required());
		String version = this.values.text();
		if (version != null) {
			scope.setVersion(version);
		}
		String schemaUrl = this.values.text();
		if (schemaUrl != null) {
			scope.setSchemaUrl(schemaUrl);
		}
		return scope.setAttributes(this.values.attributes()).build();
	}

	private <T> T one(List<T> list) throws IOException {
		int index = this.in.readInt();
		if (index < 0 || index >= list.size()) {
			throw new IOException("There is no " + index + " of " + list.size());
		}
		return list.get(index);
	}

	private SpanData span(Resource resource, InstrumentationScopeInfo scope) throws IOException {
		SpanContext context = context();
		SpanContext parent = context();
		String name = this.values.required();
		SpanKind kind = constant(SpanKind.class);
		StatusData status = StatusData.create(constant(StatusCode.class), this.values.required());
		long start = this.in.readLong();
		long end = this.in.readLong();
		int totalAttributes = this.in.readInt();
		Attributes attributes = this.values.attributes();
		int totalEvents = this.in.readInt();
		List<EventData> events = new ArrayList<>();
		for (int i = this.values.length(); i > 0; i--) {
			String event = this.values.required();
			long time = this.in.readLong();
			int total = this.in.readInt();
			events.add(EventData.create(time, event, this.values.attributes(), total));
		}
		int totalLinks = this.in.readInt();
		List<LinkData> links = new ArrayList<>();
		for (int i = this.values.length(); i > 0; i--) {
			SpanContext linked = context();
			int total = this.in.readInt();
			links.add(LinkData.create(linked, this.values.attributes(), total));
		}
		return new FinishedSpan(resource, scope, context, parent, name, kind, status, start, end, attributes,
				totalAttributes, List.copyOf(events), totalEvents, List.copyOf(links), totalLinks);
	}

	private <E extends Enum<E>> E constant(Class<E> type) throws IOException {
		String name = this.values.required();
		try {
			return Enum.valueOf(type, name);
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("There is no such " + type.getSimpleName(), ex);
		}
	}

	private SpanContext context() throws IOException {
		if (!this.in.readBoolean()) {
			return SpanContext.getInvalid();
		}
		String traceId = TraceId.fromBytes(this.values.bytes(TraceId.getLength() / 2));
		String spanId = SpanId.fromBytes(this.values.bytes(SpanId.getLength() / 2));
		TraceFlags flags = TraceFlags.fromByte(this.in.readByte());
		boolean remote = this.in.readBoolean();
		List<String> members = new ArrayList<>();
		for (int i = this.values.length(); i > 0; i--) {
			members.add(this.values.required());
			members.add(this.values.required());
		}
		// A builder puts each member before those that it has
		TraceStateBuilder state = TraceState.builder();
		for (int i = members.size() - 2; i >= 0; i -= 2) {
			state.put(members.get(i), members.get(i + 1));
		}
		return remote ? SpanContext.createFromRemoteParent(traceId, spanId, flags, state.build())
				: SpanContext.create(traceId, spanId, flags, state.build());
	}

}
