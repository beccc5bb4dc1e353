package io.hindspan.propagation;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link BaggagePropagator}.
 */
class BaggagePropagatorTests {

	private final BaggagePropagator propagator = new BaggagePropagator();

	@Test
	void readsMembersOfAllHeaders() {
		assertThat(extract(Headers.of("baggage", "key1=value1,key2 = value2;property1;p2 = v2", "Baggage", "key3=")))
			.containsOnly(entry("key1", "value1"), entry("key2", "value2"), entry("key3", ""));
	}

	@Test
	void keepsProperties() {
		Baggage baggage = Baggage.fromContext(this.propagator.extract(Context.root(),
				Headers.of("baggage", "key=value ; property1;p2 = v2 "), Headers.GETTER));
		assertThat(baggage.getEntry("key").getMetadata().getValue()).isEqualTo("property1;p2 = v2");
		assertThat(inject(baggage).values("baggage")).containsExactly("key=value;property1;p2 = v2");
	}

	@Test
	void decodesValues() {
		assertThat(extract(Headers.of("baggage", "user=Am%C3%A9lie,query=a%3Db=c,odd=%ff")))
			.containsOnly(entry("user", "Am\u00e9lie"), entry("query", "a=b=c"), entry("odd", "\ufffd"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ",", "nothing", "=value", "a b=value", "k\u00e9y=value", "(key)=value", "key=%",
			"key=%4", "key=%zz", "key=a b", "key=\"a\"", "key=\\", "key=\u00e9", "key;a=b", "key=value;\u0001",
			"key=value;a=\"b\"" })
	void leavesMalformedMembersOut(String member) {
		assertThat(extract(Headers.of("baggage", member))).isEmpty();
		assertThat(extract(Headers.of("baggage", "before=1," + member + ",after=2"))).containsOnlyKeys("before",
				"after");
	}

	@Test
	void leavesContextAloneWithoutBaggage() {
		Context context = Context.root().with(Baggage.builder().put("key", "value").build());
		assertThat(this.propagator.extract(context, Headers.of(), Headers.GETTER)).isSameAs(context);
		assertThat(this.propagator.extract(context, Headers.of("baggage", "nonsense"), Headers.GETTER))
			.isSameAs(context);
	}

	@Test
	void readsNoMoreThan64Members() {
		Map<String, String> baggage = extract(Headers.of("baggage", members(40, "a"), "baggage", members(40, "b")));
		assertThat(baggage).hasSize(64).containsKeys("a40", "b24").doesNotContainKey("b25");
	}

	@Test
	void readsNoMoreThan8192Characters() {
		String first = "first=1,";
		String second = "second=" + "v".repeat(8192 - first.length() - "second=".length());
		assertThat(first + second).hasSize(8192);
		assertThat(extract(Headers.of("baggage", first + second))).containsOnlyKeys("first", "second");
		assertThat(extract(Headers.of("baggage", first + second + "v"))).containsOnlyKeys("first");
		assertThat(extract(Headers.of("baggage", first + second + ",third=3"))).containsOnlyKeys("first", "second");
		assertThat(extract(Headers.of("baggage", second + "v", "baggage", first))).containsOnlyKeys("second");
		assertThat(extract(Headers.of("baggage", "key=" + "v".repeat(8192)))).isEmpty();
		assertThat(extract(Headers.of("baggage", "a,".repeat(1_000_000) + first))).isEmpty();
	}

	@Test
	void writesEntries() {
		assertThat(inject(Baggage.builder().put("key1", "value1").put("key2", "a=b").build()).values("baggage"))
			.containsExactly("key1=value1,key2=a=b");
	}

	@Test
	void encodesValues() {
		Baggage baggage = Baggage.builder().put("key", "a b,c;d\\e\"f%\t\r\n\u00e9\ud83d\ude00").build();
		Headers headers = inject(baggage);
		assertThat(headers.values("baggage"))
			.containsExactly("key=a%20b%2Cc%3Bd%5Ce%22f%25%09%0D%0A%C3%A9%F0%9F%98%80");
		assertThat(extract(headers)).containsExactly(entry("key", "a b,c;d\\e\"f%\t\r\n\u00e9\ud83d\ude00"));
	}

	@Test
	void writesNothingThatWouldBecomeSomethingElse() {
		Baggage baggage = Baggage.builder()
			.put("a b", "1")
			.put("", "2")
			.put("k=1,other", "3")
			.put("k\r\nSet-Cookie: x", "4")
			.put("key", "5", BaggageEntryMetadata.create("a,other=1"))
			.put("key2", "6", BaggageEntryMetadata.create("a\r\nb"))
			.build();
		assertThat(inject(baggage).values("baggage")).containsExactly("key=5,key2=6");
	}

	@Test
	void writesNoEmptyHeader() {
		assertThat(inject(Baggage.empty()).names()).isEmpty();
		assertThat(inject(Baggage.builder().put("a b", "1").build()).names()).isEmpty();
	}

	@Test
	void writesNoMoreThan64MembersAnd8192Characters() {
		var many = Baggage.builder();
		IntStream.range(0, 100).forEach((number) -> many.put("key" + number, "value"));
		assertThat(inject(many.build()).values("baggage").get(0).split(",")).hasSize(64);
		var large = Baggage.builder();
		IntStream.range(0, 10).forEach((number) -> large.put("key" + number, "\u00e9".repeat(400)));
		large.put("small", "1");
		String header = inject(large.build()).values("baggage").get(0);
		assertThat(header).hasSizeLessThanOrEqualTo(8192).endsWith(",small=1");
		assertThat(extract(Headers.of("baggage", header))).hasSize(4);
		assertThat(inject(Baggage.builder().put("key", "v".repeat(10_000_000)).build()).names()).isEmpty();
	}

	private Map<String, String> extract(Headers headers) {
		Map<String, String> entries = new TreeMap<>();
		Baggage.fromContext(this.propagator.extract(Context.root(), headers, Headers.GETTER))
			.forEach((key, entry) -> entries.put(key, entry.getValue()));
		return entries;
	}

	private Headers inject(Baggage baggage) {
		Headers headers = Headers.of();
		this.propagator.inject(Context.root().with(baggage), headers, Headers.SETTER);
		return headers;
	}

	private static String members(int count, String prefix) {
		return IntStream.rangeClosed(1, count)
			.mapToObj((number) -> prefix + number + "=v")
			.collect(Collectors.joining(","));
	}

}
