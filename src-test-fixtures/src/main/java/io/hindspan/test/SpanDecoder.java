package io.hindspan.test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;

/** Turns OTLP messages into {@link RecordedSpan}s. */
final class SpanDecoder {

	private SpanDecoder() {
	}

	static List<RecordedSpan> decode(List<ResourceSpans> batch) {
		List<RecordedSpan> spans = new ArrayList<>();
		for (ResourceSpans resourceSpans : batch) {
			Map<String, Object> resource = attributes(resourceSpans.getResource().getAttributesList());
			for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
				RecordedSpan.Scope scope = scope(scopeSpans.getScope());
				for (Span span : scopeSpans.getSpansList()) {
					spans.add(span(span, resource, scope));
				}
			}
		}
		return spans;
	}

	private static RecordedSpan span(Span span, Map<String, Object> resource, RecordedSpan.Scope scope) {
		String parent = hex(span.getParentSpanId());
		return new RecordedSpan(hex(span.getTraceId()), hex(span.getSpanId()), parent.isEmpty() ? null : parent,
				span.getName(), kind(span.getKind()), status(span.getStatus()), span.getStatus().getMessage(),
				span.getStartTimeUnixNano(), span.getEndTimeUnixNano(), attributes(span.getAttributesList()),
				span.getEventsList().stream().map(SpanDecoder::event).toList(),
				span.getLinksList().stream().map(SpanDecoder::link).toList(), resource, scope, span.getFlags(),
				span.getTraceState(), new RecordedSpan.Dropped(span.getDroppedAttributesCount(),
						span.getDroppedEventsCount(), span.getDroppedLinksCount()));
	}

	private static RecordedSpan.Event event(Span.Event event) {
		return new RecordedSpan.Event(event.getName(), event.getTimeUnixNano(), attributes(event.getAttributesList()));
	}

	private static RecordedSpan.Link link(Span.Link link) {
		return new RecordedSpan.Link(hex(link.getTraceId()), hex(link.getSpanId()),
				attributes(link.getAttributesList()), link.getTraceState(), link.getFlags());
	}

	private static RecordedSpan.Scope scope(InstrumentationScope scope) {
		return new RecordedSpan.Scope(scope.getName(), scope.getVersion(), attributes(scope.getAttributesList()));
	}

	private static SpanKind kind(Span.SpanKind kind) {
		return switch (kind) {
			case SPAN_KIND_SERVER -> SpanKind.SERVER;
			case SPAN_KIND_CLIENT -> SpanKind.CLIENT;
			case SPAN_KIND_PRODUCER -> SpanKind.PRODUCER;
			case SPAN_KIND_CONSUMER -> SpanKind.CONSUMER;
			// "Implementations MAY assume SpanKind to be INTERNAL when receiving
			// UNSPECIFIED" (trace.proto)
			case SPAN_KIND_INTERNAL, SPAN_KIND_UNSPECIFIED, UNRECOGNIZED -> SpanKind.INTERNAL;
		};
	}

	private static StatusCode status(Status status) {
		return switch (status.getCode()) {
			case STATUS_CODE_OK -> StatusCode.OK;
			case STATUS_CODE_ERROR -> StatusCode.ERROR;
			case STATUS_CODE_UNSET, UNRECOGNIZED -> StatusCode.UNSET;
		};
	}

	private static Map<String, Object> attributes(List<KeyValue> keyValues) {
		Map<String, Object> attributes = new LinkedHashMap<>();
		for (KeyValue keyValue : keyValues) {
			attributes.put(keyValue.getKey(), value(keyValue.getValue()));
		}
		return attributes;
	}

	private static Object value(AnyValue value) {
		return switch (value.getValueCase()) {
			case STRING_VALUE -> value.getStringValue();
			case BOOL_VALUE -> value.getBoolValue();
			case INT_VALUE -> value.getIntValue();
			case DOUBLE_VALUE -> value.getDoubleValue();
			case ARRAY_VALUE -> value.getArrayValue().getValuesList().stream().map(SpanDecoder::value).toList();
			case KVLIST_VALUE -> attributes(value.getKvlistValue().getValuesList());
			case BYTES_VALUE -> ByteBuffer.wrap(value.getBytesValue().toByteArray()).asReadOnlyBuffer();
			default -> "";
		};
	}

	private static String hex(ByteString bytes) {
		return HexFormat.of().formatHex(bytes.toByteArray());
	}

}
