package io.hindspan.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.store.SearchTerms.Term;
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
			case 0 -> new Term(SearchTerms.SERVICE, "service " + random.nextInt(6));
			case 1 -> new Term(SearchTerms.NAME, "operation " + random.nextInt(41));
			case 2 -> new Term(SearchTerms.STATUS, random.nextBoolean() ? "error" : "unset");
			case 3 -> new Term(SearchTerms.KIND, "server");
			case 4 -> new Term(SearchTerms.TRACE_ID, RecordedSpan.traceId(random.nextInt(2_000)));
			case 5 -> new Term("http.response.status_code", "20" + random.nextInt(6));
			case 6 -> new Term("user.id", "user " + random.nextInt(3_000));
			case 7 -> new Term("tags", "a" + random.nextInt(10));
			case 8 -> new Term("exception.type", "E" + random.nextInt(4));
			case 9 -> new Term("db.query.text", "x".repeat(Postings.MAX_VALUE_LENGTH + random.nextInt(2)));
			case 10 -> new Term(List.of("user.name", "user.id"), "user " + random.nextInt(3_000));
			default -> new Term("unknown", "value");
		}).toList();
	}

	@Test
	void indexedTermTouchesOnlyTracesThatHaveIt() {
		for (int trace = 0; trace < 5_000; trace++) {
			add(RecordedSpan.of(trace, 1).name("operation " + trace % 100).with("task.id", trace).record());
		}
		assertThat(looked(new Term("task.id", "4711"))).isOne();
		assertThat(looked(new Term(SearchTerms.NAME, "operation 7"))).isEqualTo(50);
		assertThat(looked(new Term(SearchTerms.NAME, "operation 7"), new Term("task.id", "8"))).isZero();
		assertThat(looked(new Term("never.seen", "x"))).isZero();
		assertThat(looked(new Term(SearchTerms.TRACE_ID, RecordedSpan.traceId(3)))).isOne();
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
		AtomicInteger looked = new AtomicInteger();
		this.store.search(new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, 1),
				new SearchTerms() {

					@Override
					public List<Term> required() {
						return List.of();
					}

					@Override
					public long minDuration() {
						return Duration.ofMillis(90).toNanos();
					}

					@Override
					public boolean matches(Trace trace) {
						looked.incrementAndGet();
						return true;
					}

				});
		assertThat(looked).hasValue(10);
	}

	@Test
	void keyWithVeryManyValuesIsSearchedAllTheSame() {
		int traces = Postings.MAX_VALUES + 500;
		for (int trace = 0; trace < traces; trace++) {
			add(RecordedSpan.of(trace, 1).with("task.id", "task-" + trace).record());
		}
		assertThat(this.store.unindexed()).isEqualTo(500);
		assertThat(found(new Term("task.id", "task-" + (traces - 1)))).isOne();
		assertThat(found(new Term("task.id", "task-7"))).isOne();
		assertThat(looked(new Term("task.id", "task-7"))).isEqualTo(501);
		this.clock.advance(Duration.ofMinutes(11));
		this.oracle.clear();
		add(RecordedSpan.of(traces, 1).with("task.id", "task-new").record());
		assertThat(looked(new Term("task.id", "task-new"))).isOne();
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
		assertThat(found(new Term("task.id", "task-7"))).isEqualTo(2);
		assertThat(found(new Term("task.id", "task-" + Postings.MAX_TERMS_PER_TRACE))).isOne();
	}

	@Test
	void veryManyKeysAreSearchedAllTheSame() {
		for (int trace = 0; trace < Postings.MAX_KEYS + 10; trace++) {
			add(RecordedSpan.of(trace, 1).with("key." + trace, "value").record());
		}
		assertThat(this.store.unindexed()).isPositive();
		assertThat(found(new Term("key." + (Postings.MAX_KEYS + 9), "value"))).isOne();
		assertThat(found(new Term("key.0", "value"))).isOne();
	}

	@Test
	void wholeNumbersAreTheSameHoweverTheyAreStored() {
		assertThat(texts(5.0)).isEqualTo(texts(5L)).containsExactly("5");
		assertThat(texts(-0.0)).containsExactly("0");
		assertThat(texts(0.5)).containsExactly("0.5");
		assertThat(texts(1e300)).containsExactly("1.0E300");
		assertThat(texts(List.of(true, false))).containsExactly("true", "false");
		assertThat(texts(Value.of(Value.of(7.0), Value.of("seven")))).containsExactly("7", "seven");
	}

	private static List<String> texts(Object value) {
		List<String> texts = new ArrayList<>();
		Term.texts(value, texts::add);
		return texts;
	}

	private int found(Term... terms) {
		return this.store.search(new TraceSearch(TraceQuery.parse(""), null, null, Order.START, false, 0, 1),
				SearchTerms.of(List.of(terms), (trace) -> List.of(terms).stream().allMatch((term) -> has(trace, term))))
			.total();
	}

	@Test
	void queryOfTheSearchIsApplied() {
		add(RecordedSpan.of(1, 1).record(), RecordedSpan.of(2, 1).record());
		TraceMatches matches = this.store
			.search(new TraceSearch(TraceQuery.parse(RecordedSpan.traceId(2)), null, null, Order.START, false, 0, 10));
		assertThat(matches.traces()).extracting(Trace::id).containsExactly(RecordedSpan.traceId(2));
	}

}
