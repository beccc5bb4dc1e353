package io.hindspan.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.SettableClock;
import io.hindspan.store.TraceQuery.Term;
import io.hindspan.store.TraceSearch.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the search of {@link TraceStore}.
 */
class TraceStoreSearchTests {

	private final SettableClock clock = new SettableClock();

	private final TraceStore store = new TraceStore(new StoreBounds(256 << 20, Duration.ofMinutes(10), 20_000),
			this.clock);

	private final Map<String, List<SpanRecord>> oracle = new LinkedHashMap<>();

	private void add(SpanRecord... spans) {
		add(List.of(spans));
	}

	private void add(List<SpanRecord> spans) {
		this.store.add(spans);
		for (SpanRecord span : spans) {
			this.oracle.computeIfAbsent(span.traceId(), (id) -> new ArrayList<>()).add(span);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void agreesWithSearchingEverything(long seed) {
		Random random = new Random(seed);
		List<SpanRecord> spans = new ArrayList<>();
		for (int trace = 0; trace < 2_000; trace++) {
			spans.addAll(randomTrace(random, trace));
		}
		// As exporters hand them over: not by trace, and some twice
		Collections.shuffle(spans, random);
		for (int i = 0; i < spans.size(); i += 100) {
			add(spans.subList(i, Math.min(i + 100, spans.size())));
			this.store.add(spans.subList(i, Math.min(i + 3, spans.size())));
		}
		for (int i = 0; i < 300; i++) {
			assertSame(randomSearch(random), randomTerms(random));
		}
	}

	@Test
	void agreesWithSearchingEverythingWhileTracesComeAndGo() {
		Random random = new Random(4);
		for (int round = 0; round < 30; round++) {
			for (int i = 0; i < 200; i++) {
				add(randomTrace(random, round * 200L + i));
			}
			this.clock.advance(Duration.ofMinutes(3));
			int old = (round - 2) * 200;
			this.oracle.keySet().removeIf((id) -> Long.parseLong(id, 16) < old);
			for (int i = 0; i < 20; i++) {
				assertSame(randomSearch(random), randomTerms(random));
			}
		}
		assertThat(this.store.status().evictedByAge()).isEqualTo(5400);
	}

	private void assertSame(TraceSearch search, List<Term> terms) {
		Predicate<Trace> query = (trace) -> terms.stream().allMatch((term) -> has(trace, term));
		TraceMatches matches = this.store.search(search, SearchTerms.of(terms, query));
		List<Trace> expected = new ArrayList<>();
		for (Collection<SpanRecord> spans : this.oracle.values()) {
			Trace trace = Trace.of(List.copyOf(spans));
			if ((search.from() == null || trace.start() >= search.from())
					&& (search.to() == null || trace.start() <= search.to()) && query.test(trace)) {
				expected.add(trace);
			}
		}
		expected.sort(order(search));
		assertThat(matches.total()).as("%s %s", search, terms).isEqualTo(expected.size());
		assertThat(matches.traces()).as("%s %s", search, terms)
			.extracting(Trace::spans)
			.containsExactlyElementsOf(
					expected.stream().skip(search.offset()).limit(search.limit()).map(Trace::spans).toList());
		for (int i = 0; i <= matches.histogram().bounds().size(); i++) {
			long above = (i == 0) ? Long.MIN_VALUE : matches.histogram().bounds().get(i - 1);
			long upTo = (i == matches.histogram().bounds().size()) ? Long.MAX_VALUE
					: matches.histogram().bounds().get(i);
			List<Trace> bucket = expected.stream()
				.filter((trace) -> trace.duration() > above && trace.duration() <= upTo)
				.toList();
			assertThat(matches.histogram().counts().get(i)).isEqualTo(bucket.size());
			assertThat(matches.histogram().errors().get(i))
				.isEqualTo((int) bucket.stream().filter((trace) -> trace.errors() > 0).count());
		}
	}

	private static Comparator<Trace> order(TraceSearch search) {
		Comparator<Trace> comparator = switch (search.order()) {
			case START -> Comparator.comparing(Trace::start);
			case DURATION -> Comparator.comparing(Trace::duration);
			case SPANS -> Comparator.comparing((trace) -> trace.spans().size());
			case ERRORS -> Comparator.comparing(Trace::errors);
		};
		return (search.ascending() ? comparator : comparator.reversed())
			.thenComparing(Comparator.comparing(Trace::start).reversed())
			.thenComparing(Trace::id);
	}

	private static boolean has(Trace trace, Term term) {
		return switch (term.keys().get(0)) {
			case SearchTerms.TRACE_ID -> trace.id().equals(term.value());
			case SearchTerms.SERVICE -> any(trace, (span) -> span.service().equals(term.value()));
			case SearchTerms.NAME -> any(trace, (span) -> span.name().equals(term.value()));
			case SearchTerms.KIND -> any(trace, (span) -> span.kind().name().equalsIgnoreCase(term.value()));
			case SearchTerms.STATUS -> any(trace, (span) -> span.status().name().equalsIgnoreCase(term.value()));
			default -> any(trace, (span) -> has(span.attributes(), term) || has(span.origin().resource(), term)
					|| span.events().stream().anyMatch((event) -> has(event.attributes(), term)));
		};
	}

	private static boolean any(Trace trace, Predicate<SpanRecord> condition) {
		return trace.spans().stream().anyMatch(condition);
	}

	private static boolean has(Attributes attributes, Term term) {
		return attributes.asMap()
			.entrySet()
			.stream()
			.anyMatch((entry) -> term.keys().contains(entry.getKey().getKey())
					&& ((entry.getValue() instanceof List<?> values)
							? values.stream().anyMatch((value) -> value.toString().equals(term.value()))
							: entry.getValue().toString().equals(term.value())));
	}

	private static List<SpanRecord> randomTrace(Random random, long trace) {
		List<SpanRecord> spans = new ArrayList<>();
		long start = 1_000_000L * random.nextInt(1_000);
		int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 40 : 4);
		for (int i = 0; i < count; i++) {
			RecordedSpan span = RecordedSpan.of(trace, i)
				.service("service " + random.nextInt(5))
				.name("operation " + random.nextInt(40))
				.kind(SpanKind.values()[random.nextInt(5)])
				.start(start + random.nextInt(1_000))
				.duration(Duration.ofNanos((long) Math.pow(10, 3 + 5 * random.nextDouble())))
				.with("http.response.status_code", 200 + random.nextInt(5))
				.with("user.id", "user " + random.nextInt(3_000))
				.with(AttributeKey.booleanKey("cached"), random.nextBoolean())
				.with(AttributeKey.stringArrayKey("tags"), List.of("a" + random.nextInt(9), "b" + random.nextInt(9)));
			if (i > 0) {
				span.parent(random.nextInt(i));
			}
			if (random.nextInt(20) == 0) {
				span.error()
					.event("exception", Attributes.builder().put("exception.type", "E" + random.nextInt(3)).build());
			}
			if (random.nextInt(20) == 0) {
				span.with("db.query.text", "x".repeat(Postings.MAX_VALUE_LENGTH + random.nextInt(2)));
			}
			spans.add(span.record());
		}
		return spans;
	}

	private static TraceSearch randomSearch(Random random) {
		Long from = random.nextBoolean() ? null : 1_000_000L * random.nextInt(1_000);
		Long to = random.nextBoolean() ? null : 1_000_000L * random.nextInt(1_000);
		int offset = random.nextBoolean() ? 0 : random.nextInt(200);
		return new TraceSearch(TraceQuery.parse(""), from, to, Order.values()[random.nextInt(4)], random.nextBoolean(),
				offset, 1 + random.nextInt(100));
	}

	private static List<Term> randomTerms(Random random) {
		return IntStream.range(0, random.nextInt(4)).mapToObj((i) -> switch (random.nextInt(12)) {
			case 0 -> term(SearchTerms.SERVICE, "service " + random.nextInt(6));
			case 1 -> term(SearchTerms.NAME, "operation " + random.nextInt(41));
			case 2 -> term(SearchTerms.STATUS, random.nextBoolean() ? "error" : "unset");
			case 3 -> term(SearchTerms.KIND, "server");
			case 4 -> term(SearchTerms.TRACE_ID, RecordedSpan.traceId(random.nextInt(2_000)));
			case 5 -> term("http.response.status_code", "20" + random.nextInt(6));
			case 6 -> term("user.id", "user " + random.nextInt(3_000));
			case 7 -> term("tags", "a" + random.nextInt(10));
			case 8 -> term("exception.type", "E" + random.nextInt(4));
			case 9 -> term("db.query.text", "x".repeat(Postings.MAX_VALUE_LENGTH + random.nextInt(2)));
			case 10 -> new Term(List.of("user.name", "user.id"), "user " + random.nextInt(3_000));
			default -> term("unknown", "value");
		}).toList();
	}

	@Test
	void indexedTermTouchesOnlyTracesThatHaveIt() {
		for (int trace = 0; trace < 5_000; trace++) {
			add(RecordedSpan.of(trace, 1).name("operation " + trace % 100).with("task.id", trace).record());
		}
		assertThat(looked(term("task.id", "4711"))).isOne();
		assertThat(looked(term(SearchTerms.NAME, "operation 7"))).isEqualTo(50);
		assertThat(looked(term(SearchTerms.NAME, "operation 7"), term("task.id", "8"))).isZero();
		assertThat(looked(term("never.seen", "x"))).isZero();
		assertThat(looked(term(SearchTerms.TRACE_ID, RecordedSpan.traceId(3)))).isOne();
		assertThat(looked()).isEqualTo(5_000);
	}

	private int looked(Term... terms) {
		AtomicInteger looked = new AtomicInteger();
		TraceSearch search = new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, 1);
		this.store.search(search, SearchTerms.of(List.of(terms), (trace) -> looked.incrementAndGet() < 0));
		return looked.get();
	}

	@Test
	void minimalDurationSparesFasterTraces() {
		for (int trace = 0; trace < 100; trace++) {
			add(RecordedSpan.of(trace, 1).duration(Duration.ofMillis(trace)).record());
		}
		TraceQuery query = TraceQuery.parse("trace.duration>=90ms");
		AtomicInteger looked = new AtomicInteger();
		SearchTerms terms = SearchTerms.of(query);
		TraceMatches matches = this.store.search(new TraceSearch(query, null, null, Order.START, false, 0, 1),
				new SearchTerms() {

					@Override
					public List<Term> required() {
						return terms.required();
					}

					@Override
					public long minDuration() {
						return terms.minDuration();
					}

					@Override
					public boolean matches(Trace trace) {
						looked.incrementAndGet();
						return terms.matches(trace);
					}

				});
		assertThat(matches.total()).isEqualTo(10);
		assertThat(looked).hasValue(10);
	}

	@Test
	void keyWithVeryManyValuesIsSearchedAllTheSame() {
		int traces = Postings.MAX_VALUES + 500;
		for (int trace = 0; trace < traces; trace++) {
			add(RecordedSpan.of(trace, 1).with("task.id", "task-" + trace).record());
		}
		assertThat(this.store.unindexed()).isEqualTo(500);
		assertThat(found(term("task.id", "task-" + (traces - 1)))).isOne();
		assertThat(found(term("task.id", "task-7"))).isOne();
		assertThat(looked(term("task.id", "task-7"))).isEqualTo(501);
		this.clock.advance(Duration.ofMinutes(11));
		this.oracle.clear();
		add(RecordedSpan.of(traces, 1).with("task.id", "task-new").record());
		assertThat(looked(term("task.id", "task-new"))).isOne();
	}

	@Test
	void traceWithVeryManyTermsIsSearchedAllTheSame() {
		List<SpanRecord> spans = new ArrayList<>();
		for (int span = 0; span < Postings.MAX_TERMS_PER_TRACE + 100; span++) {
			spans.add(RecordedSpan.of(1, span).with("task.id", "task-" + span).record());
		}
		add(spans);
		add(RecordedSpan.of(2, 1).with("task.id", "task-7").record());
		assertThat(this.store.unindexed()).isPositive();
		assertThat(found(term("task.id", "task-7"))).isEqualTo(2);
		assertThat(found(term("task.id", "task-" + Postings.MAX_TERMS_PER_TRACE))).isOne();
	}

	@Test
	void veryManyKeysAreSearchedAllTheSame() {
		for (int trace = 0; trace < Postings.MAX_KEYS + 10; trace++) {
			add(RecordedSpan.of(trace, 1).with("key." + trace, "value").record());
		}
		assertThat(this.store.unindexed()).isPositive();
		assertThat(found(term("key." + (Postings.MAX_KEYS + 9), "value"))).isOne();
		assertThat(found(term("key.0", "value"))).isOne();
	}

	private static Term term(String key, String value) {
		return new Term(List.of(key), value);
	}

	private int found(Term... terms) {
		return this.store.search(new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, 1),
				SearchTerms.of(List.of(terms), (trace) -> List.of(terms).stream().allMatch((term) -> has(trace, term))))
			.total();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "user.id=\"user 12\"", "http.status_code=201", "http.response.status_code=201.0",
			"tags=a3", "tags=a3 status=error", "service=\"service 1\" name=\"operation 3\"", "exception.type=E1",
			"kind=CLIENT OR exception.type=E1", "NOT kind=client", "{status=error} {kind=server cached=true}",
			"duration>50ms tags=b1", "duration>50ms", "trace.duration>=20ms error", "service.name=\"service 2\"",
			"unknown=x", "user.id=*", "cached=true tags!=a1", "00000000000000000000000000000007",
			"trace.errors>0 user.id=\"user 1\"*", "E2" })
	void queriesFindTheSameByTheIndexAsWithoutIt(String text) {
		Random random = new Random(5);
		for (int trace = 0; trace < 1_000; trace++) {
			add(randomTrace(random, trace));
		}
		TraceQuery query = TraceQuery.parse(text);
		Set<String> expected = new HashSet<>();
		this.oracle.forEach((id, spans) -> {
			if (query.matches(Trace.of(spans))) {
				expected.add(id);
			}
		});
		TraceMatches matches = this.store.search(new TraceSearch(query, null, null, Order.START, false, 0, 1_000));
		assertThat(matches.total()).isEqualTo(expected.size());
		assertThat(matches.traces()).extracting(Trace::id).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(expected.isEmpty()).isEqualTo(text.equals("unknown=x"));
	}

}
