package io.hindspan.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hindspan.CollectingExporter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpanRecords}.
 */
class SpanRecordsTests {

	private final List<SpanData> ended = new ArrayList<>();

	private final SdkTracerProviderBuilder builder = SdkTracerProvider.builder()
		.setSpanLimits(SpanLimits.builder().setMaxNumberOfAttributes(2).setMaxNumberOfEvents(1).build())
		.addSpanProcessor(SimpleSpanProcessor.create(new CollectingExporter(this.ended)));

	private SdkTracerProvider provider;

	private final SpanRecords records = new SpanRecords();

	private void start(Attributes resource) {
		this.provider = this.builder.setResource(Resource.create(resource)).build();
	}

	@AfterEach
	void close() {
		this.provider.close();
	}

	@Test
	void everythingOfASpanIsInItsRecord() {
		start(Attributes.builder().put("service.name", "tasks").put("service.version", "7").build());
		SpanContext remote = SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
				TraceFlags.getSampled(), TraceState.builder().put("b", "2").put("a", "1").build());
		SpanContext linked = SpanContext.create("1af7651916cd43dd8448eb211c80319c", "c7ad6b7169203331",
				TraceFlags.getDefault(), TraceState.getDefault());
		Span span = this.provider.tracerBuilder("scope")
			.setInstrumentationVersion("1.2")
			.build()
			.spanBuilder("POST /tasks")
			.setParent(Context.root().with(Span.wrap(remote)))
			.setSpanKind(SpanKind.SERVER)
			.setStartTimestamp(1_000, TimeUnit.NANOSECONDS)
			.addLink(linked, Attributes.builder().put("why", "batch").build())
			.startSpan();
		span.setAttribute("one", 1).setAttribute("two", "2").setAttribute("three", true);
		span.addEvent("first", Attributes.builder().put("n", 1).build(), 1_200, TimeUnit.NANOSECONDS);
		span.addEvent("second", 1_100, TimeUnit.NANOSECONDS);
		span.setStatus(StatusCode.ERROR, "no");
		span.end(1_500, TimeUnit.NANOSECONDS);
		SpanRecord record = this.records.of(this.ended).get(0);
		assertThat(record).isEqualTo(new SpanRecord("0af7651916cd43dd8448eb211c80319c",
				span.getSpanContext().getSpanId(), "b7ad6b7169203331", (byte) 1, record.traceState(),
				new SpanOrigin("tasks", "scope", "1.2", this.ended.get(0).getResource().getAttributes()), "POST /tasks",
				SpanKind.SERVER, 1_000, 1_500, StatusCode.ERROR, "no",
				Attributes.builder().put("one", 1).put("two", "2").build(), 1,
				List.of(new SpanRecord.Event("first", 1_200, Attributes.of(AttributeKey.longKey("n"), 1L))), 1,
				List.of(new SpanRecord.Link(linked.getTraceId(), linked.getSpanId(),
						Attributes.of(AttributeKey.stringKey("why"), "batch"))),
				0));
		assertThat(record.traceState().split(",")).containsExactlyInAnyOrder("a=1", "b=2");
		assertThat(record.duration()).isEqualTo(500);
		assertThat(record.isError()).isTrue();
	}

	@Test
	void rootHasNoParentAndSpanWithoutMuchHasEmptyTexts() {
		start(Attributes.empty());
		this.provider.get("scope").spanBuilder("task").setNoParent().startSpan().end();
		SpanRecord record = this.records.of(this.ended.get(0));
		assertThat(record.parentId()).isNull();
		assertThat(record.traceState()).isEmpty();
		assertThat(record.statusDescription()).isEmpty();
		assertThat(record.origin().scopeVersion()).isNull();
		assertThat(record.service()).isEqualTo("unknown_service");
	}

	@Test
	void endIsNotBeforeTheStart() {
		start(Attributes.empty());
		this.provider.get("scope")
			.spanBuilder("task")
			.setStartTimestamp(10, TimeUnit.SECONDS)
			.startSpan()
			.end(9, TimeUnit.SECONDS);
		assertThat(this.records.of(this.ended.get(0)).duration()).isZero();
	}

	@Test
	void eventsAreInOrderOfTime() {
		this.builder.setSpanLimits(SpanLimits.getDefault());
		start(Attributes.empty());
		Span span = this.provider.get("scope").spanBuilder("task").startSpan();
		span.addEvent("late", 20, TimeUnit.SECONDS).addEvent("early", 10, TimeUnit.SECONDS).end();
		assertThat(this.records.of(this.ended.get(0)).events()).extracting(SpanRecord.Event::name)
			.containsExactly("early", "late");
	}

	@Test
	void spansOfAScopeShareTheirOrigin() {
		start(Attributes.empty());
		for (String scope : List.of("a", "b", "a")) {
			this.provider.get(scope).spanBuilder("task").startSpan().end();
		}
		List<SpanRecord> spans = this.records.of(this.ended);
		assertThat(spans.get(0).origin()).isSameAs(spans.get(2).origin()).isNotEqualTo(spans.get(1).origin());
	}

}
