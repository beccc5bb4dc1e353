package io.hindspan.store.otlp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for requests of OTLP, against the protocol's own generated classes.
 */
class OtlpRequestTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final ByteString TRACE_ID = ByteString.fromHex("4bf92f3577b34da6a3ce929d0e0e4736");

	private static final ByteString SPAN_ID = ByteString.fromHex("00f067aa0ba902b7");

	@Test
	void readsWhatTheProtocolsOwnClassesWrite() throws Exception {
		RandomRequests requests = new RandomRequests(1);
		int spans = 0;
		for (int i = 0; i < 500; i++) {
			ExportTraceServiceRequest request = requests.next();
			OtlpRequest read = OtlpRequest.ofProtobuf(request.toByteArray());
			assertThatSpansAre(read, request);
			spans += read.spans().size();
			assertThatSpansAre(OtlpRequest.ofJson(json(request, JsonFormat.printer())), request);
			assertThatSpansAre(OtlpRequest
				.ofJson(json(request, JsonFormat.printer().printingEnumsAsInts().omittingInsignificantWhitespace())),
					request);
		}
		assertThat(spans).isGreaterThan(1000);
	}

	/**
	 * JSON as the protocol writes it, which differs from protobuf's rules in ids.
	 */
	private static byte[] json(ExportTraceServiceRequest request, JsonFormat.Printer printer)
			throws InvalidProtocolBufferException {
		JsonNode tree = JSON.readTree(printer.print(request));
		convertIds(tree, (text) -> HexFormat.of().formatHex(Base64.getDecoder().decode(text)));
		return JSON.writeValueAsBytes(tree);
	}

	private static void convertIds(JsonNode tree, UnaryOperator<String> conversion) {
		for (String name : List.of("traceId", "spanId", "parentSpanId")) {
			if (tree.get(name) != null) {
				((ObjectNode) tree).put(name, conversion.apply(tree.get(name).asString()));
			}
		}
		tree.forEach((child) -> convertIds(child, conversion));
	}

	private static void assertThatSpansAre(OtlpRequest read, ExportTraceServiceRequest request) {
		List<SpanData> spans = new ArrayList<>(read.spans());
		assertThat(read.rejected()).as(read.reason()).isZero();
		for (ResourceSpans resource : request.getResourceSpansList()) {
			for (ScopeSpans scope : resource.getScopeSpansList()) {
				for (Span expected : scope.getSpansList()) {
					SpanData span = spans.remove(0);
					assertThat(values(span.getResource().getAttributes()))
						.isEqualTo(values(resource.getResource().getAttributesList()));
					assertThat(String.valueOf(span.getResource().getSchemaUrl()))
						.isEqualTo(resource.getSchemaUrl().isEmpty() ? "null" : resource.getSchemaUrl());
					assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo(scope.getScope().getName());
					assertThat(String.valueOf(span.getInstrumentationScopeInfo().getVersion()))
						.isEqualTo(scope.getScope().getVersion().isEmpty() ? "null" : scope.getScope().getVersion());
					assertThat(values(span.getInstrumentationScopeInfo().getAttributes()))
						.isEqualTo(values(scope.getScope().getAttributesList()));
					assertThatSpanIs(span, expected);
				}
			}
		}
		assertThat(spans).isEmpty();
	}

	private static void assertThatSpanIs(SpanData span, Span expected) {
		assertThat(span.getTraceId()).isEqualTo(hex(expected.getTraceId()));
		assertThat(span.getSpanId()).isEqualTo(hex(expected.getSpanId()));
		assertThatContextIs(span.getSpanContext(), expected.getFlags(), expected.getTraceState());
		boolean root = expected.getParentSpanId().isEmpty()
				|| expected.getParentSpanId().equals(ByteString.copyFrom(new byte[8]));
		assertThat(span.getParentSpanContext().isValid()).isEqualTo(!root);
		if (!root) {
			assertThat(span.getParentSpanId()).isEqualTo(hex(expected.getParentSpanId()));
			assertThat(span.getParentSpanContext().getTraceId()).isEqualTo(span.getTraceId());
			assertThat(span.getParentSpanContext().isRemote()).isEqualTo((expected.getFlags() & 0x200) != 0);
		}
		assertThat(span.getName()).isEqualTo(expected.getName());
		assertThat(span.getKind()).isEqualTo(switch (expected.getKind()) {
			case SPAN_KIND_SERVER -> SpanKind.SERVER;
			case SPAN_KIND_CLIENT -> SpanKind.CLIENT;
			case SPAN_KIND_PRODUCER -> SpanKind.PRODUCER;
			case SPAN_KIND_CONSUMER -> SpanKind.CONSUMER;
			default -> SpanKind.INTERNAL;
		});
		assertThat(span.getStatus().getStatusCode()).isEqualTo(switch (expected.getStatus().getCodeValue()) {
			case 1 -> StatusCode.OK;
			case 2 -> StatusCode.ERROR;
			default -> StatusCode.UNSET;
		});
		assertThat(span.getStatus().getDescription()).isEqualTo(expected.getStatus().getMessage());
		assertThat(span.getStartEpochNanos()).isEqualTo(expected.getStartTimeUnixNano());
		assertThat(span.getEndEpochNanos())
			.isEqualTo(Math.max(expected.getStartTimeUnixNano(), expected.getEndTimeUnixNano()));
		assertThat(values(span.getAttributes())).isEqualTo(values(expected.getAttributesList()));
		assertThat(span.getTotalAttributeCount() - span.getAttributes().size())
			.isEqualTo(expected.getDroppedAttributesCount());
		assertThat(span.getTotalRecordedEvents() - span.getEvents().size()).isEqualTo(expected.getDroppedEventsCount());
		assertThat(span.getTotalRecordedLinks())
			.isEqualTo((expected.getDroppedLinksCount() == -1) ? Integer.MAX_VALUE : expected.getLinksCount());
		assertThat(span.getEvents()).hasSize(expected.getEventsCount());
		for (int i = 0; i < expected.getEventsCount(); i++) {
			assertThat(span.getEvents().get(i).getName()).isEqualTo(expected.getEvents(i).getName());
			assertThat(span.getEvents().get(i).getEpochNanos()).isEqualTo(expected.getEvents(i).getTimeUnixNano());
			assertThat(values(span.getEvents().get(i).getAttributes()))
				.isEqualTo(values(expected.getEvents(i).getAttributesList()));
			assertThat(span.getEvents().get(i).getTotalAttributeCount())
				.isEqualTo(1 + expected.getEvents(i).getDroppedAttributesCount());
		}
		assertThat(span.getLinks()).hasSize(expected.getLinksCount());
		for (int i = 0; i < expected.getLinksCount(); i++) {
			Span.Link link = expected.getLinks(i);
			assertThat(span.getLinks().get(i).getSpanContext().getTraceId()).isEqualTo(hex(link.getTraceId()));
			assertThat(span.getLinks().get(i).getSpanContext().getSpanId()).isEqualTo(hex(link.getSpanId()));
			assertThatContextIs(span.getLinks().get(i).getSpanContext(), link.getFlags(), link.getTraceState());
			assertThat(values(span.getLinks().get(i).getAttributes())).isEqualTo(values(link.getAttributesList()));
			assertThat(span.getLinks().get(i).getTotalAttributeCount()).isEqualTo(1 + link.getDroppedAttributesCount());
		}
	}

	private static void assertThatContextIs(SpanContext context, int flags, String state) {
		if (flags != 0) {
			assertThat(context.getTraceFlags().asByte()).isEqualTo((byte) flags);
		}
		List<String> members = new ArrayList<>();
		context.getTraceState().forEach((key, value) -> members.add(key + "=" + value));
		assertThat(String.join(",", members)).isEqualTo(state);
	}

	private static String hex(ByteString bytes) {
		return HexFormat.of().formatHex(bytes.toByteArray());
	}

	private static Map<String, Object> values(Attributes attributes) {
		Map<String, Object> values = new HashMap<>();
		attributes.forEach((key, value) -> values.put(key.getKey(), value));
		return values;
	}

	private static Map<String, Object> values(List<KeyValue> attributes) {
		Map<String, Object> values = new HashMap<>();
		for (KeyValue attribute : attributes) {
			Object value = value(attribute.getValue());
			if (value == null) {
				value = "";
			}
			else if (value instanceof byte[] bytes) {
				value = Base64.getEncoder().encodeToString(bytes);
			}
			else if (value instanceof Map || (value instanceof List<?> list && !isArray(list))) {
				value = JSON.writeValueAsString(value);
			}
			values.put(attribute.getKey(), value);
		}
		return values;
	}

	private static boolean isArray(List<?> list) {
		return list.isEmpty() || (List.of(String.class, Boolean.class, Long.class, Double.class)
			.stream()
			.anyMatch((type) -> list.stream().allMatch(type::isInstance)));
	}

	private static @Nullable Object value(AnyValue value) {
		return switch (value.getValueCase()) {
			case STRING_VALUE -> value.getStringValue();
			case BOOL_VALUE -> value.getBoolValue();
			case INT_VALUE -> value.getIntValue();
			case DOUBLE_VALUE -> value.getDoubleValue();
			case BYTES_VALUE -> value.getBytesValue().toByteArray();
			case ARRAY_VALUE -> value.getArrayValue()
				.getValuesList()
				.stream()
				.map(OtlpRequestTests::value)
				.collect(ArrayList::new, List::add, List::addAll);
			case KVLIST_VALUE -> {
				Map<String, Object> entries = new LinkedHashMap<>();
				value.getKvlistValue()
					.getValuesList()
					.forEach((entry) -> entries.put(entry.getKey(), value(entry.getValue())));
				yield entries;
			}
			default -> null;
		};
	}

	@Test
	void writesWhatItselfAndTheProtocolsOwnClassesRead() throws Exception {
		RandomRequests requests = new RandomRequests(2);
		for (int i = 0; i < 300; i++) {
			for (SpanData original : OtlpRequest.ofProtobuf(requests.next().toByteArray()).spans()) {
				String json = OtlpJson.write(Trace.of(List.of(record(original))));
				SpanData read = OtlpRequest.ofJson(json.getBytes(StandardCharsets.UTF_8)).spans().get(0);
				assertThat(record(read)).isEqualTo(record(original));
				JsonNode tree = JSON.readTree(json);
				convertIds(tree, (text) -> Base64.getEncoder().encodeToString(HexFormat.of().parseHex(text)));
				TracesData.Builder data = TracesData.newBuilder();
				JsonFormat.parser().merge(JSON.writeValueAsString(tree), data);
				ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
					.addAllResourceSpans(data.getResourceSpansList())
					.build();
				assertThat(record(OtlpRequest.ofProtobuf(request.toByteArray()).spans().get(0)))
					.isEqualTo(record(original));
			}
		}
	}

	@Test
	void spansOfOneServiceAndScopeAreWrittenTogether() throws Exception {
		SpanOrigin web = new SpanOrigin("tasks", "web", "1",
				Attributes.of(AttributeKey.stringKey("service.name"), "tasks"));
		SpanOrigin jdbc = new SpanOrigin("tasks", "jdbc", null, web.resource());
		SpanOrigin other = new SpanOrigin("worker", "web", "1",
				Attributes.of(AttributeKey.stringKey("service.name"), "worker"));
		List<SpanRecord> spans = new ArrayList<>();
		for (SpanOrigin origin : List.of(web, jdbc, other, web)) {
			spans.add(new SpanRecord(hex(TRACE_ID), String.format("%016x", spans.size() + 1), null, (byte) 1, "",
					origin, "a", SpanKind.CLIENT, 5, 6, StatusCode.UNSET, "", Attributes.empty(), 0, List.of(), 0,
					List.of(), 0));
		}
		JsonNode resources = JSON.readTree(OtlpJson.write(Trace.of(spans))).get("resourceSpans");
		assertThat(resources.size()).isEqualTo(2);
		assertThat(resources.get(0).get("scopeSpans").size()).isEqualTo(2);
		assertThat(resources.get(0).get("scopeSpans").get(0).get("spans").size()).isEqualTo(2);
		assertThat(JSON.writeValueAsString(resources.get(1))).isEqualTo(
				"{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"worker\"}}]},"
						+ "\"scopeSpans\":[{\"scope\":{\"name\":\"web\",\"version\":\"1\"},\"spans\":[{\"traceId\":\""
						+ hex(TRACE_ID) + "\",\"spanId\":\"0000000000000003\",\"flags\":1,\"name\":\"a\",\"kind\":3,"
						+ "\"startTimeUnixNano\":\"5\",\"endTimeUnixNano\":\"6\",\"status\":{}}]}]}");
	}

	private static SpanRecord record(SpanData span) {
		List<String> state = new ArrayList<>();
		span.getSpanContext().getTraceState().forEach((key, value) -> state.add(key + "=" + value));
		return new SpanRecord(span.getTraceId(), span.getSpanId(),
				span.getParentSpanContext().isValid() ? span.getParentSpanId() : null,
				(span.getSpanContext().getTraceFlags().asByte() != 0) ? span.getSpanContext().getTraceFlags().asByte()
						: 1,
				String.join(",", state),
				new SpanOrigin("any", span.getInstrumentationScopeInfo().getName(),
						span.getInstrumentationScopeInfo().getVersion(), span.getResource().getAttributes()),
				span.getName(), span.getKind(), span.getStartEpochNanos(), span.getEndEpochNanos(),
				span.getStatus().getStatusCode(), span.getStatus().getDescription(), span.getAttributes(),
				span.getTotalAttributeCount() - span.getAttributes().size(),
				span.getEvents()
					.stream()
					.map((event) -> new SpanRecord.Event(event.getName(), event.getEpochNanos(), event.getAttributes()))
					.toList(),
				span.getTotalRecordedEvents() - span.getEvents().size(),
				span.getLinks()
					.stream()
					.map((link) -> new SpanRecord.Link(link.getSpanContext().getTraceId(),
							link.getSpanContext().getSpanId(), link.getAttributes()))
					.toList(),
				span.getTotalRecordedLinks() - span.getLinks().size());
	}

	private static Span.Builder span() {
		return Span.newBuilder().setTraceId(TRACE_ID).setSpanId(SPAN_ID).setStartTimeUnixNano(1000).setName("a");
	}

	private static byte[] request(Span... spans) {
		return ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(
					ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addAllSpans(Arrays.asList(spans))))
			.build()
			.toByteArray();
	}

	@Test
	void spansWithoutAProperIdOrTimeAreRefusedAndTheOthersTaken() throws Exception {
		OtlpRequest request = OtlpRequest.ofProtobuf(request(span().setTraceId(SPAN_ID).build(), span().build(),
				span().setSpanId(TRACE_ID).build(), span().setTraceId(ByteString.copyFrom(new byte[16])).build(),
				span().setParentSpanId(ByteString.copyFrom(new byte[3])).build(),
				span().clearStartTimeUnixNano().build(), span().setStartTimeUnixNano(-1).build()));
		assertThat(request.spans()).hasSize(1);
		assertThat(request.rejected()).isEqualTo(6);
		assertThat(request.reason()).contains("trace id has 16 bytes");
		OtlpRequest json = OtlpRequest
			.ofJson("""
					{"resourceSpans": [{"scopeSpans": [{"spans": [
					 {"traceId": "5BF92F3577B34DA6A3CE929D0E0E4736", "spanId": "00f067aa0ba902b7", "startTimeUnixNano": 1000},
					 {"traceId": "W/kvNXezTaajzpKdDg5HNg==", "spanId": "00f067aa0ba902b7", "startTimeUnixNano": "1000"},
					 null]}]}]}"""
				.getBytes(StandardCharsets.UTF_8));
		assertThat(json.spans()).hasSize(1);
		assertThat(json.spans().get(0).getTraceId()).isEqualTo("5bf92f3577b34da6a3ce929d0e0e4736");
		assertThat(json.rejected()).isEqualTo(2);
	}

	@Test
	void resourceAndScopeMayComeAfterTheirSpans() throws Exception {
		byte[] scopeSpans = message(1, InstrumentationScope.newBuilder().setName("late").build().toByteArray());
		byte[] spans = message(2, span().build().toByteArray());
		byte[] resourceSpans = concat(message(2, concat(spans, scopeSpans)),
				message(1,
						message(1,
								KeyValue.newBuilder()
									.setKey("service.name")
									.setValue(AnyValue.newBuilder().setStringValue("tasks"))
									.build()
									.toByteArray())));
		OtlpRequest read = OtlpRequest.ofProtobuf(message(1, resourceSpans));
		String json = """
				{"resourceSpans": [{"scopeSpans": [{"spans": [{"spanId": "00f067aa0ba902b7", "startTimeUnixNano": "1000",
				  "name": "a", "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "unknown": {"a": [1.5e3, true, null, "x"]}}],
				  "scope": {"name": "late"}}],
				 "resource": {"attributes": [{"value": {"stringValue": "tasks"}, "key": "service.name"}]}}]} """;
		for (OtlpRequest request : List.of(read, OtlpRequest.ofJson(json.getBytes(StandardCharsets.UTF_8)))) {
			SpanData span = request.spans().get(0);
			assertThat(span.getName()).isEqualTo("a");
			assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("late");
			assertThat(values(span.getResource().getAttributes())).containsEntry("service.name", "tasks");
		}
	}

	private static byte[] message(int field, byte[] content) throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		CodedOutputStream coded = CodedOutputStream.newInstance(out);
		coded.writeByteArray(field, content);
		coded.flush();
		return out.toByteArray();
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		return out.toByteArray();
	}

	@Test
	void unknownFieldsAndGroupsAreLeftOut() throws Exception {
		byte[] group = { (byte) 0xA3, 6, 8, 1, (byte) 0xA3, 6, (byte) 0xA4, 6, (byte) 0xA4, 6 };
		byte[] spans = message(1, message(2, message(2, concat(group, span().build().toByteArray(), group))));
		assertThat(OtlpRequest.ofProtobuf(concat(group, spans)).spans()).hasSize(1);
		for (byte[] wrong : List.of(new byte[] { (byte) 0xA3, 6 }, new byte[] { (byte) 0xA4, 6 },
				new byte[] { (byte) 0xA3, 6, (byte) 0xAC, 6 }, new byte[] { 0 }, new byte[] { 7 }, new byte[] { 10, 1 },
				new byte[] { (byte) 0xFF, (byte) 0xFF }, new byte[] { 10, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1 },
				"\003".repeat(5000).getBytes(StandardCharsets.UTF_8), new byte[] { 9, 1, 2 })) {
			assertThatExceptionOfType(MalformedOtlpException.class).as(Arrays.toString(wrong))
				.isThrownBy(() -> OtlpRequest.ofProtobuf(wrong))
				.withMessageContaining("at byte");
		}
	}

	@Test
	void textThatIsNoUtf8IsReplaced() throws Exception {
		byte[] name = { 'a', (byte) 0xC3, 'b' };
		byte[] span = concat(span().clearName().build().toByteArray(), message(5, name));
		assertThat(OtlpRequest.ofProtobuf(message(1, message(2, message(2, span)))).spans().get(0).getName())
			.isEqualTo("a\uFFFDb");
	}

	@Test
	void spansAttributesEventsAndTextsAreBounded() throws Exception {
		Span.Builder large = span();
		for (int i = 0; i < 300; i++) {
			large.addAttributes(KeyValue.newBuilder().setKey("k" + i).setValue(AnyValue.newBuilder().setIntValue(i)));
			large.addEvents(Span.Event.newBuilder().setName("e"));
			large.addLinks(Span.Link.newBuilder().setTraceId(TRACE_ID).setSpanId(SPAN_ID));
		}
		AnyValue nested = AnyValue.newBuilder().setIntValue(1).build();
		for (int i = 0; i < 90; i++) {
			nested = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(nested)).build();
		}
		AnyValue wide = AnyValue.newBuilder()
			.setKvlistValue(KeyValueList.newBuilder()
				.addValues(KeyValue.newBuilder()
					.setKey("a")
					.setValue(AnyValue.newBuilder().setStringValue("\u0001".repeat(40_000)))))
			.build();
		Span.Builder texts = span().setName("n" + "\uD83D\uDE00".repeat(20_000))
			.addAttributes(KeyValue.newBuilder().setKey("k".repeat(256)).setValue(nested))
			.addAttributes(KeyValue.newBuilder().setKey("nested").setValue(nested))
			.addAttributes(KeyValue.newBuilder().setKey("wide").setValue(wide));
		OtlpRequest request = OtlpRequest.ofProtobuf(request(large.build(), texts.build()));
		SpanData first = request.spans().get(0);
		assertThat(first.getAttributes().size()).isEqualTo(256);
		assertThat(first.getTotalAttributeCount()).isEqualTo(300);
		assertThat(first.getEvents()).hasSize(256);
		assertThat(first.getTotalRecordedEvents()).isEqualTo(300);
		assertThat(first.getLinks()).hasSize(256);
		assertThat(first.getTotalRecordedLinks()).isEqualTo(300);
		SpanData second = request.spans().get(1);
		assertThat(second.getName()).hasSize(32_767).endsWith("\uD83D\uDE00");
		assertThat(values(second.getAttributes())).containsEntry("nested", "[".repeat(16) + "null" + "]".repeat(16));
		assertThat(second.getAttributes().get(AttributeKey.stringKey("wide"))).hasSize(32_768)
			.startsWith("{\"a\":\"\\u0001");
		assertThat(second.getTotalAttributeCount()).isEqualTo(3);
		Span[] many = new Span[SpanIntake.MAX_SPANS + 7];
		Arrays.fill(many, span().build());
		OtlpRequest flood = OtlpRequest.ofProtobuf(request(many));
		assertThat(flood.spans()).hasSize(SpanIntake.MAX_SPANS);
		assertThat(flood.rejected()).isEqualTo(7);
		assertThat(flood.reason()).contains("20000 spans");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "{", "{}x", "{\"a\":}", "{\"a\" 1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":tru}",
			"{\"a\":nul}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u00", "{\"a\":\"b", "{\"a\":\"\n\"}",
			"{'a':1}", "{\"a\":[1,]}", "{\"a\":1,}", "{\"resourceSpans\":{}}", "{\"resourceSpans\":[1]}",
			"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":\"x\"}]}]}]}",
			"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"startTimeUnixNano\":1e99}]}]}]}",
			"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":1.5}]}]}]}", "\uFFFF", "{\"a\":\uFFFF" })
	void jsonThatIsNoneIsRefused(String json) {
		assertThatExceptionOfType(MalformedOtlpException.class)
			.isThrownBy(() -> OtlpRequest.ofJson(json.getBytes(StandardCharsets.UTF_8)))
			.withMessageContaining("at character");
	}

	@Test
	void deepJsonIsRefusedBeforeTheStackEnds() {
		for (String deep : List.of("{\"a\":" + "[".repeat(1_000_000), "{\"a\":".repeat(1_000_000))) {
			assertThatExceptionOfType(MalformedOtlpException.class)
				.isThrownBy(() -> OtlpRequest.ofJson(deep.getBytes(StandardCharsets.UTF_8)));
		}
	}

	@Test
	@Timeout(value = 120, unit = TimeUnit.SECONDS)
	void changedRequestsAreReadOrRefusedAndNothingElse() throws Exception {
		RandomRequests requests = new RandomRequests(3);
		Random random = new Random(4);
		int refused = 0;
		int read = 0;
		for (int i = 0; i < 40_000; i++) {
			ExportTraceServiceRequest request = requests.next();
			boolean json = i % 4 == 0;
			byte[] bytes = json ? json(request, JsonFormat.printer()) : request.toByteArray();
			if (bytes.length == 0) {
				continue;
			}
			for (int changes = random.nextInt(4); changes >= 0; changes--) {
				int at = random.nextInt(bytes.length);
				switch (random.nextInt(4)) {
					case 0 -> bytes[at] = (byte) random.nextInt();
					case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
					case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
					default -> System.arraycopy(bytes, at, bytes, bytes.length / 2,
							Math.min(bytes.length - at, bytes.length - bytes.length / 2));
				}
			}
			try {
				OtlpRequest result = json ? OtlpRequest.ofJson(bytes) : OtlpRequest.ofProtobuf(bytes);
				result.spans()
					.forEach((span) -> assertThat(span.getEndEpochNanos())
						.isGreaterThanOrEqualTo(span.getStartEpochNanos()));
				read++;
			}
			catch (MalformedOtlpException ex) {
				assertThat(ex.getMessage()).contains("(at ");
				refused++;
			}
		}
		assertThat(refused).isGreaterThan(1000);
		assertThat(read).isGreaterThan(1000);
	}

	@Test
	void answerTellsWhatWasNotTaken() throws Exception {
		assertThat(OtlpResponse.protobuf(0, "")).isEmpty();
		assertThat(OtlpResponse.json(0, "")).isEqualTo("{}");
		String reason = "too \"many\" ü " + "x".repeat(300);
		ExportTraceServiceResponse response = ExportTraceServiceResponse
			.parseFrom(OtlpResponse.protobuf(70_000, reason));
		assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(70_000);
		assertThat(response.getPartialSuccess().getErrorMessage()).isEqualTo(reason);
		ExportTraceServiceResponse.Builder json = ExportTraceServiceResponse.newBuilder();
		JsonFormat.parser().merge(OtlpResponse.json(70_000, reason), json);
		assertThat(json.build()).isEqualTo(response);
		Status status = Status.parseFrom(OtlpResponse.protobufError(reason));
		assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
		assertThat(status.getMessage()).isEqualTo(reason);
		Status.Builder jsonStatus = Status.newBuilder();
		JsonFormat.parser().merge(OtlpResponse.jsonError(reason), jsonStatus);
		assertThat(jsonStatus.build()).isEqualTo(status);
	}

}
