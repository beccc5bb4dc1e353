package io.hindspan.export.spool;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Writes spans with all that they have, resources and scopes once. {@link SpanReader}
 * reads them. For one thread.
 */
final class SpanWriter {

	private final DataOutputStream out;

	SpanWriter(OutputStream out) {
		this.out = new DataOutputStream(out);
	}

	void write(List<SpanData> spans) throws IOException {
		Map<Resource, Integer> resources = new LinkedHashMap<>();
		Map<InstrumentationScopeInfo, Integer> scopes = new LinkedHashMap<>();
		for (SpanData span : spans) {
			resources.putIfAbsent(span.getResource(), resources.size());
			scopes.putIfAbsent(span.getInstrumentationScopeInfo(), scopes.size());
		}
		this.out.writeInt(resources.size());
		for (Resource resource : resources.keySet()) {
			text(resource.getSchemaUrl());
			attributes(resource.getAttributes());
		}
		this.out.writeInt(scopes.size());
		for (InstrumentationScopeInfo scope : scopes.keySet()) {
			text(scope.getName());
			text(scope.getVersion());
			text(scope.getSchemaUrl());
			attributes(scope.getAttributes());
		}
		this.out.writeInt(spans.size());
		for (SpanData span : spans) {
			this.out.writeInt(resources.get(span.getResource()));
			this.out.writeInt(scopes.get(span.getInstrumentationScopeInfo()));
			span(span);
		}
		this.out.flush();
	}

	private void span(SpanData span) throws IOException {
		context(span.getSpanContext());
		context(span.getParentSpanContext());
		text(span.getName());
		text(span.getKind().name());
		text(span.getStatus().getStatusCode().name());
		text(span.getStatus().getDescription());
		this.out.writeLong(span.getStartEpochNanos());
		this.out.writeLong(span.getEndEpochNanos());
		this.out.writeInt(span.getTotalAttributeCount());
		attributes(span.getAttributes());
		this.out.writeInt(span.getTotalRecordedEvents());
		this.out.writeInt(span.getEvents().size());
		for (EventData event : span.getEvents()) {
			text(event.getName());
			this.out.writeLong(event.getEpochNanos());
			this.out.writeInt(event.getTotalAttributeCount());
			attributes(event.getAttributes());
		}
		this.out.writeInt(span.getTotalRecordedLinks());
		this.out.writeInt(span.getLinks().size());
		for (LinkData link : span.getLinks()) {
			context(link.getSpanContext());
			this.out.writeInt(link.getTotalAttributeCount());
			attributes(link.getAttributes());
		}
	}

	private void context(SpanContext context) throws IOException {
		this.out.writeBoolean(context.isValid());
		if (!context.isValid()) {
			return;
		}
		this.out.write(context.getTraceIdBytes());
		this.out.write(context.getSpanIdBytes());
		this.out.writeByte(context.getTraceFlags().asByte());
		this.out.writeBoolean(context.isRemote());
		Map<String, String> state = new LinkedHashMap<>();
		context.getTraceState().forEach(state::put);
		this.out.writeInt(state.size());
		for (Map.Entry<String, String> member : state.entrySet()) {
			text(member.getKey());
			text(member.getValue());
		}
	}

	private void attributes(Attributes attributes) throws IOException {
		Map<AttributeKey<?>, Object> all = attributes.asMap();
		this.out.writeInt(all.size());
		for (Map.Entry<AttributeKey<?>, Object> attribute : all.entrySet()) {
			text(attribute.getKey().getKey());
			attribute(attribute.getKey().getType(), attribute.getValue());
		}
	}

	private void attribute(AttributeType type, Object value) throws IOException {
		this.out.writeByte(AttributeCode.of(type));
		switch (type) {
			case STRING -> text((String) value);
			case BOOLEAN -> this.out.writeBoolean((Boolean) value);
			case LONG -> this.out.writeLong((Long) value);
			case DOUBLE -> this.out.writeDouble((Double) value);
			case VALUE -> value((Value<?>) value, 0);
			case STRING_ARRAY, BOOLEAN_ARRAY, LONG_ARRAY, DOUBLE_ARRAY -> {
				List<?> elements = (List<?>) value;
				this.out.writeInt(elements.size());
				for (Object element : elements) {
					element(element);
				}
			}
		}
	}

	private void element(Object element) throws IOException {
		if (element instanceof String text) {
			text(text);
		}
		else if (element instanceof Boolean bool) {
			this.out.writeBoolean(bool);
		}
		else if (element instanceof Long number) {
			this.out.writeLong(number);
		}
		else {
			this.out.writeDouble((Double) element);
		}
	}

	private void value(Value<?> value, int depth) throws IOException {
		if (depth > SpanReader.MAX_DEPTH) {
			throw new IOException("There are too many values within each other");
		}
		this.out.writeByte(AttributeCode.of(value.getType()));
		Object content = value.getValue();
		switch (value.getType()) {
			case STRING -> text((String) content);
			case BOOLEAN -> this.out.writeBoolean((Boolean) content);
			case LONG -> this.out.writeLong((Long) content);
			case DOUBLE -> this.out.writeDouble((Double) content);
			case ARRAY -> {
				List<?> elements = (List<?>) content;
				this.out.writeInt(elements.size());
				for (Object element : elements) {
					value((Value<?>) element, depth + 1);
				}
			}
			case KEY_VALUE_LIST -> {
				List<?> entries = (List<?>) content;
				this.out.writeInt(entries.size());
				for (Object entry : entries) {
					text(((KeyValue) entry).getKey());
					value(((KeyValue) entry).getValue(), depth + 1);
				}
			}
			case BYTES -> {
				ByteBuffer buffer = ((ByteBuffer) content).duplicate();
				byte[] bytes = new byte[buffer.remaining()];
				buffer.get(bytes);
				bytes(bytes);
			}
			case EMPTY -> {
			}
		}
	}

	/**
	 * A text, which may be longer than {@link DataOutputStream#writeUTF} can have it.
	 */
	private void text(@Nullable String text) throws IOException {
		if (text == null) {
			this.out.writeInt(-1);
			return;
		}
		bytes(text.getBytes(StandardCharsets.UTF_8));
	}

	private void bytes(byte[] bytes) throws IOException {
		this.out.writeInt(bytes.length);
		this.out.write(bytes);
	}

}
