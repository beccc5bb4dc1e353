package io.hindspan.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Asks random queries of random traces and compares the answers with those of a plain
 * reading of the documentation, which has no parser, no index and no shortcut.
 */
class QueryOracleTests {

	private static final int TRACES = 200;

	private static final int QUERIES = 2000;

	private final Random random = new Random(6);

	@Test
	void answersAreThoseOfAPlainReading() {
		List<Trace> traces = new ArrayList<>();
		for (int i = 0; i < TRACES; i++) {
			traces.add(trace());
		}
		int matches = 0;
		int terms = 0;
		for (int i = 0; i < QUERIES; i++) {
			Question question = question(3);
			TraceQuery query = TraceQuery.parse(question.text);
			for (Trace trace : traces) {
				List<SpanRecord> expected = trace.spans()
					.stream()
					.filter((span) -> question.asked.test(trace, span))
					.toList();
				assertThat(query.matches(trace)).as(question.text).isEqualTo(!expected.isEmpty());
				assertThat(expected.stream().map(SpanRecord::spanId)).as(question.text)
					.containsAll(question.plain ? query.matchingSpans(trace) : List.of());
				matches += expected.isEmpty() ? 0 : 1;
				if (!expected.isEmpty()) {
					assertThat(trace.duration()).as(question.text).isGreaterThanOrEqualTo(query.minDuration());
					for (TraceQuery.Term term : query.required()) {
						assertThat(contents(trace)).as(question.text)
							.containsAnyElementsOf(
									term.keys().stream().map((key) -> key + "=" + term.value()).toList());
						terms++;
					}
				}
			}
		}
		assertThat(matches).isBetween(TRACES * QUERIES / 20, TRACES * QUERIES * 19 / 20);
		assertThat(terms).isPositive();
	}

	/**
	 * All that an index would hold of a trace.
	 */
	private static Set<String> contents(Trace trace) {
		Set<String> contents = new HashSet<>();
		for (SpanRecord span : trace.spans()) {
			contents.add("service=" + span.service());
			contents.add("name=" + span.name());
			contents.add("kind=" + span.kind().name().toLowerCase(Locale.ROOT));
			contents.add("status=" + span.status().name().toLowerCase(Locale.ROOT));
			values(span).forEach((key, values) -> values
				.forEach((value) -> AttributeText.each(value, (text) -> contents.add(key + "=" + text))));
		}
		return contents;
	}

	private static Map<String, List<Object>> values(SpanRecord span) {
		Map<String, List<Object>> values = new HashMap<>();
		Stream<Attributes> all = Stream.concat(Stream.of(span.attributes(), span.origin().resource()),
				span.events().stream().map(SpanRecord.Event::attributes));
		all.forEach((attributes) -> attributes.forEach((key, value) -> {
			List<Object> list = values.computeIfAbsent(key.getKey(), (name) -> new ArrayList<>());
			if (value instanceof List<?> elements) {
				list.addAll(elements);
			}
			else {
				list.add(value);
			}
		}));
		return values;
	}

	private Trace trace() {
		List<SpanRecord> spans = new ArrayList<>();
		QueriedSpan parent = null;
		for (int i = this.random.nextInt(5); i >= 0; i--) {
			QueriedSpan span = QueriedSpan.span(10 - i)
				.service(one("api", "worker"))
				.name(one("GET /a", "GET /b", "work"))
				.kind(one(SpanKind.SERVER, SpanKind.CLIENT, SpanKind.INTERNAL))
				.millis(this.random.nextInt(5) * 50)
				.status(one(StatusCode.UNSET, StatusCode.UNSET, StatusCode.ERROR), one("", "Broken"));
			for (int n = this.random.nextInt(5); n > 0; n--) {
				span.with(one("a", "b", "http.method", "http.request.method", "cache.hit", "l"), value());
			}
			if (this.random.nextInt(3) == 0) {
				span.event(one("cache_hit", "cache_miss"), one("cache.hit", "a"), value());
			}
			if (this.random.nextInt(3) == 0) {
				span.resource(one("a", "zone"), value());
			}
			if (parent != null) {
				span.in(parent);
			}
			parent = span;
			spans.add(span.record());
		}
		return Trace.of(spans);
	}

	private Object value() {
		return one("x", "GET", "500", "x.y", "TRUE", 500, 7, 500.0, 0.5, true, false, List.of("x", "500"), List.of());
	}

	@SafeVarargs
	private <T> T one(T... choices) {
		return choices[this.random.nextInt(choices.length)];
	}

	private Question question(int depth) {
		int kind = (depth == 0) ? 0 : this.random.nextInt(8);
		if (kind < 3) {
			return leaf();
		}
		Question left = question(depth - 1);
		Question right = question(depth - 1);
		boolean plain = left.plain && right.plain;
		return switch (kind) {
			case 3, 4 -> new Question("(" + left.text + one(" ", " AND ", " and ", " && ") + right.text + ")",
					(trace, span) -> left.asked.test(trace, span) && right.asked.test(trace, span), plain);
			case 5 -> new Question("(" + left.text + one(" OR ", " or ", " || ") + right.text + ")",
					(trace, span) -> left.asked.test(trace, span) || right.asked.test(trace, span), plain);
			case 6 -> new Question(one("NOT ", "not ", "-", "!") + left.text,
					(trace, span) -> trace.spans().stream().noneMatch((other) -> left.asked.test(trace, other)), true);
			default -> new Question("{" + left.text + "}",
					(trace, span) -> trace.spans().stream().anyMatch((other) -> left.asked.test(trace, other)), false);
		};
	}

	private Question leaf() {
		String key = one("a", "b", "http.method", "cache.hit", "zone", "l");
		String value = one("x", "GET", "500", "true", "0.5", "7", "x.y");
		List<String> names = key.equals("http.method") ? List.of(key, "http.request.method") : List.of(key);
		return switch (this.random.nextInt(14)) {
			case 0, 1 -> ofValues(key + one("=", ":", "==") + value, names, (all) -> has(all, value));
			case 2 -> ofValues(key + "!=" + value, names, (all) -> !has(all, value));
			case 3 -> ofValues(key + "=*", names, (all) -> true);
			case 4 -> ofValues(key + ">=7", names, (all) -> all.stream().anyMatch((each) -> number(each) >= 7));
			case 5 -> ofValues(key + ":<7", names, (all) -> all.stream().anyMatch((each) -> number(each) < 7));
			case 6 -> ofSpan("service=api", (span) -> span.service().equals("api"));
			case 7 -> ofSpan("name=GET*", (span) -> span.name().startsWith("GET"));
			case 8 -> ofSpan("kind=client", (span) -> span.kind() == SpanKind.CLIENT);
			case 9 -> ofSpan("status=error", SpanRecord::isError);
			case 10 -> ofSpan("duration>=100ms", (span) -> span.end() - span.start() >= 100_000_000);
			case 11 -> ofSpan("event=cache_miss",
					(span) -> span.events().stream().anyMatch((event) -> event.name().equals("cache_miss")));
			case 12 -> ofSpan("broken", (span) -> span.statusDescription().equals("Broken"));
			default -> new Question("trace.spans>2", (trace, span) -> trace.spans().size() > 2, true);
		};
	}

	private static boolean has(List<Object> all, String value) {
		return all.stream().anyMatch((each) -> {
			if (each instanceof Boolean flag) {
				return flag == value.equals("true") && (flag || value.equals("false"));
			}
			return (each instanceof String) ? each.equals(value) : number(each) == number(value);
		});
	}

	private static double number(Object value) {
		try {
			return Double.parseDouble(value.toString());
		}
		catch (NumberFormatException ex) {
			return Double.NaN;
		}
	}

	private static Question ofSpan(String text, Predicate<SpanRecord> asked) {
		return new Question(text, (trace, span) -> asked.test(span), true);
	}

	/**
	 * An empty list is a value of no elements: the key is there.
	 */
	private static Question ofValues(String text, List<String> names, Predicate<List<Object>> asked) {
		return ofSpan(text, (span) -> {
			Map<String, List<Object>> values = values(span);
			List<Object> all = new ArrayList<>();
			boolean there = false;
			for (String name : names) {
				there |= values.containsKey(name);
				all.addAll(values.getOrDefault(name, List.of()));
			}
			return there && asked.test(all);
		});
	}

	/**
	 * A query and what it means.
	 *
	 * @param text the query
	 * @param asked whether a span satisfies it
	 * @param plain whether the spans that are told must satisfy it themselves
	 */
	private record Question(String text, BiPredicate<Trace, SpanRecord> asked, boolean plain) {

	}

}
