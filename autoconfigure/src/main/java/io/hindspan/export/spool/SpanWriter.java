package io.hindspan.export.spool;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;

import io.hindspan.span.codec.AttributeWriter;

/**
 * Writes spans with all that they have, resources and scopes once. {@link SpanReader}
 * reads them. For one thread.
 */
final class SpanWriter {

	private final DataOutputStream out;

	private final AttributeWriter values;

	SpanWriter(OutputStream out) {
		this.out = new DataOutputStream(out);
		this.values = new AttributeWriter(this.out);
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
			this.values.text(resource.getSchemaUrl());
			this.values.attributes(resource.getAttributes());
		}
		this.out.writeInt(scopes.size());
		for (InstrumentationScopeInfo scope : scopes.keySet()) {
			this.values.text(scope.getName());
			this.values.text(scope.getVersion());
			this.values.text(scope.getSchemaUrl());
			this.values.attributes(scope.getAttributes());
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
		this.values.text(span.getName());
		this.values.text(span.getKind().name());
		this.values.text(span.getStatus().getStatusCode().name());
		this.values.text(span.getStatus().getDescription());
		this.out.writeLong(span.getStartEpochNanos());
		this.out.writeLong(span.getEndEpochNanos());
		this.out.writeInt(span.getTotalAttributeCount());
		this.values.attributes(span.getAttributes());
		this.out.writeInt(span.getTotalRecordedEvents());
		this.out.writeInt(span.getEvents().size());
		for (EventData event : span.getEvents()) {
			this.values.text(event.getName());
			this.out.writeLong(event.getEpochNanos());
			this.out.writeInt(event.getTotalAttributeCount());
			this.values.attributes(event.getAttributes());
		}
		this.out.writeInt(span.getTotalRecordedLinks());
		this.out.writeInt(span.getLinks().size());
		for (LinkData link : span.getLinks()) {
			context(link.getSpanContext());
			this.out.writeInt(link.getTotalAttributeCount());
			this.values.attributes(link.getAttributes());
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
			this.values.text(member.getKey());
			this.values.text(member.getValue());
		}
	}

}
