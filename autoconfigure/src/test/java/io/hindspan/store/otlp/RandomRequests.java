package io.hindspan.store.otlp;

import java.util.Random;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;

/**
 * Makes requests of all that the protocol knows, by its own generated classes.
 */
final class RandomRequests {

	private static final String[] TEXTS = { "", "x", "GET /tasks/{id}", "größer", "\uD83D\uDE00", "a\"b\\c\n\t\u0001",
			"</script>\u2028", "null" };

	private final Random random;

	RandomRequests(long seed) {
		this.random = new Random(seed);
	}

	ExportTraceServiceRequest next() {
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		for (int i = this.random.nextInt(4); i > 0; i--) {
			ResourceSpans.Builder resource = ResourceSpans.newBuilder().setSchemaUrl(text());
			Resource.Builder attributes = Resource.newBuilder();
			for (int n = this.random.nextInt(4); n > 0; n--) {
				attributes.addAttributes(attribute(n));
			}
			resource.setResource(attributes);
			for (int n = this.random.nextInt(3); n > 0; n--) {
				resource.addScopeSpans(scopeSpans());
			}
			request.addResourceSpans(resource);
		}
		return request.build();
	}

	private ScopeSpans scopeSpans() {
		InstrumentationScope.Builder scope = InstrumentationScope.newBuilder().setName(text()).setVersion(text());
		for (int n = this.random.nextInt(3); n > 0; n--) {
			scope.addAttributes(attribute(n));
		}
		ScopeSpans.Builder spans = ScopeSpans.newBuilder().setScope(scope).setSchemaUrl(text());
		for (int n = this.random.nextInt(5); n > 0; n--) {
			spans.addSpans(span());
		}
		return spans.build();
	}

	private Span span() {
		long start = 1_790_000_000_000_000_000L + this.random.nextInt();
		Span.Builder span = Span.newBuilder()
			.setTraceId(id(16))
			.setSpanId(id(8))
			.setTraceState(this.random.nextBoolean() ? "" : "a=1,b=2")
			.setFlags(this.random.nextInt(1024))
			.setName(text())
			.setKindValue(this.random.nextInt(8))
			.setStartTimeUnixNano(start)
			.setEndTimeUnixNano(start + this.random.nextInt())
			.setDroppedAttributesCount(this.random.nextInt(3))
			.setDroppedEventsCount(this.random.nextInt(3))
			.setDroppedLinksCount((this.random.nextInt(5) == 0) ? -1 : 0);
		if (this.random.nextBoolean()) {
			span.setParentSpanId((this.random.nextInt(4) == 0) ? ByteString.copyFrom(new byte[8]) : id(8));
		}
		if (this.random.nextBoolean()) {
			span.setStatus(Status.newBuilder().setCodeValue(this.random.nextInt(4)).setMessage(text()));
		}
		for (int n = this.random.nextInt(8); n > 0; n--) {
			span.addAttributes(attribute(n));
		}
		for (int n = this.random.nextInt(3); n > 0; n--) {
			Span.Event.Builder event = Span.Event.newBuilder()
				.setName(text())
				.setTimeUnixNano(start + n)
				.setDroppedAttributesCount(this.random.nextInt(2));
			span.addEvents(event.addAttributes(attribute(n)));
		}
		for (int n = this.random.nextInt(3); n > 0; n--) {
			Span.Link.Builder link = Span.Link.newBuilder()
				.setTraceId(id(16))
				.setSpanId(id(8))
				.setFlags(this.random.nextInt(1024))
				.setTraceState(this.random.nextBoolean() ? "" : "c=3")
				.setDroppedAttributesCount(this.random.nextInt(2));
			span.addLinks(link.addAttributes(attribute(n)));
		}
		return span.build();
	}

	private ByteString id(int length) {
		byte[] id = new byte[length];
		this.random.nextBytes(id);
		id[0] |= 1;
		return ByteString.copyFrom(id);
	}

	private String text() {
		return TEXTS[this.random.nextInt(TEXTS.length)];
	}

	private KeyValue attribute(int number) {
		return KeyValue.newBuilder().setKey("key." + number).setValue(value(3)).build();
	}

	private AnyValue value(int depth) {
		AnyValue.Builder value = AnyValue.newBuilder();
		switch (this.random.nextInt((depth > 0) ? 9 : 6)) {
			case 0 -> value.setStringValue(text());
			case 1 -> value.setBoolValue(this.random.nextBoolean());
			case 2 -> value.setIntValue(this.random.nextBoolean() ? this.random.nextLong() : -1);
			case 3 -> value.setDoubleValue(
					new double[] { 0.1, -1e300, 3, Double.NaN, Double.NEGATIVE_INFINITY }[this.random.nextInt(5)]);
			case 4 -> value.setBytesValue(id(this.random.nextInt(5) + 1));
			case 5 -> {
			}
			case 6 -> {
				ArrayValue.Builder array = ArrayValue.newBuilder();
				AnyValue sample = value(0);
				for (int n = this.random.nextInt(4); n > 0; n--) {
					array.addValues(sample);
				}
				value.setArrayValue(array);
			}
			case 7 -> {
				ArrayValue.Builder array = ArrayValue.newBuilder();
				for (int n = this.random.nextInt(4); n > 0; n--) {
					array.addValues(value(depth - 1));
				}
				value.setArrayValue(array);
			}
			default -> {
				KeyValueList.Builder entries = KeyValueList.newBuilder();
				for (int n = this.random.nextInt(4); n > 0; n--) {
					entries.addValues(KeyValue.newBuilder().setKey("k" + n).setValue(value(depth - 1)));
				}
				value.setKvlistValue(entries);
			}
		}
		return value.build();
	}

}
