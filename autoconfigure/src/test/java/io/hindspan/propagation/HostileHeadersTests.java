package io.hindspan.propagation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;

import io.hindspan.propagation.PropagationProperties.Format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

/**
 * Whatever the headers say, nothing is thrown, nothing invalid comes out, and what comes
 * out survives being sent on. The seed is fixed.
 */
class HostileHeadersTests {

	private static final int ROUNDS = 100_000;

	private static final List<String> NAMES = List.of("traceparent", "tracestate", "b3", "X-B3-TraceId", "X-B3-SpanId",
			"X-B3-Sampled", "X-B3-Flags", "baggage", "x-tenant", "uber-trace-id", "X-Amzn-Trace-Id");

	private static final List<String> SEEDS = List.of("00-12345678901234567890123456789012-1234567890123456-01",
			"cc-12345678901234567890123456789012-1234567890123456-01-later", "foo@=1,bar=2, baz= 3 ,,@=",
			"12345678901234567890123456789012-1234567890123456-1-1234567890123456", "12345678901234567890123456789012",
			"1234567890123456", "1", "key=a%20b;property;p2=v,key2 = %C3%A9", "acme",
			"12345678901234567890123456789012%3A1234567890123456%3A0%3A1",
			"Root=1-12345678-901234567890123456789012;Parent=1234567890123456;Sampled=1");

	private static final String ALPHABET = "0123456789abcdefABCDEF-=,;@% \t\u0000\r\n\u00e9\u20ac\ud83d\ude00\uffff_*/g";

	private final Random random = new Random(20261121);

	private FormatsPropagator propagator;

	@BeforeEach
	void createPropagator() {
		TracingProperties properties = new TracingProperties();
		properties.getBaggage().setRemoteFields(List.of("x-tenant"));
		properties.getPropagation().setProduce(Arrays.asList(TracingProperties.Propagation.PropagationType.values()));
		this.propagator = FormatsPropagator.of(properties, new PropagationProperties(true, List.of(Format.values()),
				List.of(Format.values()), List.of(), List.of()));
	}

	@Test
	void randomHeadersYieldNothingInvalid() {
		int valid = 0;
		for (int i = 0; i < ROUNDS; i++) {
			Headers headers = Headers.of();
			for (int j = this.random.nextInt(6); j >= 0; j--) {
				headers.and(NAMES.get(this.random.nextInt(NAMES.size())), randomValue());
			}
			if (check(headers)) {
				valid++;
			}
		}
		assertThat(valid).isGreaterThan(ROUNDS / 100);
	}

	@Test
	void alteredHeadersYieldNothingInvalid() {
		int valid = 0;
		for (int i = 0; i < ROUNDS; i++) {
			Headers headers = Headers.of();
			for (int j = 0; j < NAMES.size(); j++) {
				if (this.random.nextInt(3) > 0) {
					headers.and(NAMES.get(j), altered(SEEDS.get(j)));
				}
			}
			if (check(headers)) {
				valid++;
			}
		}
		assertThat(valid).isGreaterThan(ROUNDS / 100);
	}

	@Test
	void hugeHeadersCostLittle() {
		List<String> patterns = List.of("0", "-", ",", "=", ";", "%", " ", "a=", "a=b,", "a=b;", "foo=1,foo=1,", "a,",
				"%4", ",;=", "\t,");
		assertTimeout(Duration.ofSeconds(10), () -> {
			for (String pattern : patterns) {
				String value = pattern.repeat(4_000_000 / pattern.length());
				for (String name : NAMES) {
					check(Headers.of(name, value));
					check(Headers.of("traceparent", SEEDS.get(0), name, value));
				}
			}
			List<String> many = new ArrayList<>();
			for (int i = 0; i < 100_000; i++) {
				many.addAll(List.of(NAMES.get(i % NAMES.size()), ""));
			}
			check(Headers.of(many.toArray(String[]::new)));
		});
	}

	private boolean check(Headers headers) {
		Context context = this.propagator.extract(Context.root(), headers, Headers.GETTER);
		Span span = Span.fromContextOrNull(context);
		Headers sent = Headers.of();
		this.propagator.inject(context, sent, Headers.SETTER);
		Baggage baggage = Baggage.fromContext(context);
		assertThat(baggage.size()).isLessThanOrEqualTo(BaggagePropagator.MAX_MEMBERS + 1);
		if (span == null) {
			assertThat(sent.values("traceparent")).isEmpty();
			return false;
		}
		SpanContext spanContext = span.getSpanContext();
		if (!spanContext.isValid() || !TraceId.isValid(spanContext.getTraceId())
				|| !SpanId.isValid(spanContext.getSpanId()) || spanContext.getTraceState().size() > 32) {
			throw new AssertionError(headers + " became " + spanContext);
		}
		Context again = this.propagator.extract(Context.root(), sent, Headers.GETTER);
		assertThat(Span.fromContext(again).getSpanContext()).isEqualTo(spanContext);
		return true;
	}

	private String randomValue() {
		if (this.random.nextInt(3) == 0) {
			return altered(SEEDS.get(this.random.nextInt(SEEDS.size())));
		}
		StringBuilder value = new StringBuilder();
		for (int i = this.random.nextInt(80); i > 0; i--) {
			value.append(this.random.nextInt(8) == 0 ? (char) this.random.nextInt(0x10000)
					: ALPHABET.charAt(this.random.nextInt(ALPHABET.length())));
		}
		return value.toString();
	}

	private String altered(String seed) {
		StringBuilder value = new StringBuilder(seed);
		for (int i = this.random.nextInt(4); i > 0; i--) {
			int index = this.random.nextInt(value.length() + 1);
			char character = ALPHABET.charAt(this.random.nextInt(ALPHABET.length()));
			switch (this.random.nextInt(4)) {
				case 0 -> value.insert(index, character);
				case 1 -> value.delete(index, Math.min(value.length(), index + this.random.nextInt(3)));
				case 2 -> value.insert(index, value.substring(index / 2, index));
				default -> {
					if (index < value.length()) {
						value.setCharAt(index, character);
					}
				}
			}
		}
		return value.toString();
	}

}
