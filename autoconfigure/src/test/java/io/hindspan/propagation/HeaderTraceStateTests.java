package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.TraceState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link HeaderTraceState}, with the cases of the specification and of the
 * public conformance suite.
 */
class HeaderTraceStateTests {

	@Test
	void readsMembersInOrder() {
		assertThat(parse("foo=1,bar=2").asMap()).containsExactly(entry("foo", "1"), entry("bar", "2"));
	}

	@Test
	void keepsHeaderAsItCame() {
		String header = "foo=1,bar=2";
		assertThat(HeaderTraceState.text(parse(header))).isSameAs(header);
	}

	@Test
	void combinesHeaders() {
		assertThat(text("foo=1,bar=2", "rojo=1,congo=2", "baz=3")).isEqualTo("foo=1,bar=2,rojo=1,congo=2,baz=3");
	}

	@Test
	void ignoresEmptyHeaders() {
		assertThat(parse("")).isSameAs(TraceState.getDefault());
		assertThat(parse("", " ", "\t,")).isSameAs(TraceState.getDefault());
		assertThat(parse()).isSameAs(TraceState.getDefault());
		assertThat(text("foo=1", "")).isEqualTo("foo=1");
		assertThat(text("", "foo=1")).isEqualTo("foo=1");
	}

	@Test
	void ignoresNullHeaders() {
		assertThat(HeaderTraceState.parse(null)).isSameAs(TraceState.getDefault());
		assertThat(HeaderTraceState.parse(Arrays.asList((String) null).iterator())).isSameAs(TraceState.getDefault());
		assertThat(HeaderTraceState.text(HeaderTraceState.parse(Arrays.asList(null, "foo=1", null).iterator())))
			.isEqualTo("foo=1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3",
			" foo=1,bar=2,baz=3\t", "foo=1,,bar=2,baz=3", ",foo=1,bar=2, ,\t,baz=3,", "\t foo=1,bar=2,baz=3 \t" })
	void ignoresWhiteSpaceAndEmptyMembers(String header) {
		assertThat(text(header)).isEqualTo("foo=1,bar=2,baz=3");
	}

	@Test
	void keepsFirstOfRepeatedKeys() {
		assertThat(text("foo=1,foo=1")).isEqualTo("foo=1");
		assertThat(text("foo=1,bar=3,foo=2")).isEqualTo("foo=1,bar=3");
		assertThat(text("foo=1", "foo=2")).isEqualTo("foo=1");
		assertThat(text("foo=1,fo=2,foo2=3,oo=4")).isEqualTo("foo=1,fo=2,foo2=3,oo=4");
	}

	@Test
	void acceptsEveryLegalCharacter() {
		String key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
		String value = IntStream.rangeClosed(0x20, 0x7e)
			.filter((character) -> character != ',' && character != '=')
			.mapToObj(Character::toString)
			.collect(Collectors.joining());
		assertThat(parse(key + '=' + value).get(key)).isEqualTo(value);
		assertThat(parse(key + "@a-z0-9_-*/=" + value).get(key + "@a-z0-9_-*/")).isEqualTo(value);
		assertThat(parse("0foo=1").get("0foo")).isEqualTo("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo@", "foo@@bar", "foo@bar@baz", "1@2", "foo@bar" })
	void acceptsAtSignsBehindFirstCharacter(String key) {
		assertThat(text(key + "=1,bar=2")).isEqualTo(key + "=1,bar=2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo =1", "FOO=1", "foo.bar=1", "@foo=1", "_foo=1", "-foo=1", "*foo=1", "/foo=1", "=1",
			" =1", "foo", "foo bar=1", "f\u00f6o=1", "foo\t=1", "foo:1", "fo\u0000o=1" })
	void dropsAllOnMalformedKey(String member) {
		assertThat(parse(member)).isSameAs(TraceState.getDefault());
		assertThat(parse(member + ",bar=2")).isSameAs(TraceState.getDefault());
		assertThat(parse("bar=2", member)).isSameAs(TraceState.getDefault());
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo=", "foo= ", "foo=bar=baz", "foo==", "foo=b\u00e4r", "foo=b\tr", "foo=\u0000",
			"foo=a\nb", "foo=\u007f" })
	void dropsAllOnMalformedValue(String member) {
		assertThat(parse(member)).isSameAs(TraceState.getDefault());
		assertThat(parse(member + ",bar=3")).isSameAs(TraceState.getDefault());
	}

	@Test
	void keepsLeadingSpacesOfValue() {
		assertThat(parse("foo=  1 ").get("foo")).isEqualTo("  1");
	}

	@Test
	void limitsKeys() {
		for (String key : List.of("z".repeat(256), "t".repeat(241) + '@' + "v".repeat(14), "t".repeat(242) + "@v",
				"t@" + "v".repeat(15), "t@" + "v".repeat(254))) {
			assertThat(text("foo=1", key + "=1")).isEqualTo("foo=1," + key + "=1");
		}
		assertThat(parse("foo=1", "z".repeat(257) + "=1")).isSameAs(TraceState.getDefault());
		assertThat(parse("foo=1", "t@" + "v".repeat(255) + "=1")).isSameAs(TraceState.getDefault());
	}

	@Test
	void limitsValues() {
		assertThat(parse("foo=" + "v".repeat(256)).get("foo")).hasSize(256);
		assertThat(parse("foo=" + "v".repeat(257))).isSameAs(TraceState.getDefault());
	}

	@Test
	void limitsMembers() {
		assertThat(parse(members(32)).size()).isEqualTo(32);
		assertThat(parse(members(33))).isSameAs(TraceState.getDefault());
		assertThat(parse(members(10), "bar=0," + members(21).replace("bar", "baz")).size()).isEqualTo(32);
		assertThat(parse(members(10), "bar=0," + members(22).replace("bar", "baz"))).isSameAs(TraceState.getDefault());
		assertThat(parse("foo=1,".repeat(33))).isSameAs(TraceState.getDefault());
	}

	@Test
	void limitsLength() {
		String member = "z".repeat(200) + "=" + "v".repeat(54);
		List<String> members = new ArrayList<>();
		for (int i = 0; i < 32; i++) {
			members.add((char) ('a' + i % 26) + "" + i % 10 + member.substring(2));
		}
		String longest = String.join(",", members) + " ";
		assertThat(longest).hasSize(HeaderTraceState.MAX_LENGTH);
		assertThat(parse(longest).size()).isEqualTo(32);
		assertThat(parse(longest + " ")).isSameAs(TraceState.getDefault());
		assertThat(parse(longest, "foo=1")).isSameAs(TraceState.getDefault());
		assertThat(parse(" ".repeat(1_000_000))).isSameAs(TraceState.getDefault());
		assertThat(parse("foo=1", " ".repeat(1_000_000))).isSameAs(TraceState.getDefault());
	}

	@Test
	void limitsHeaders() {
		List<String> headers = new ArrayList<>(List.of("foo=1"));
		while (headers.size() < HeaderTraceState.MAX_HEADERS) {
			headers.add("");
		}
		assertThat(HeaderTraceState.parse(headers.iterator()).isEmpty()).isFalse();
		headers.add("");
		assertThat(HeaderTraceState.parse(headers.iterator()).isEmpty()).isTrue();
	}

	@Test
	void findsValues() {
		TraceState traceState = parse("foo=1,fo= 2,o=3");
		assertThat(traceState.get("foo")).isEqualTo("1");
		assertThat(traceState.get("fo")).isEqualTo(" 2");
		assertThat(traceState.get("o")).isEqualTo("3");
		assertThat(traceState.get("f")).isNull();
		assertThat(traceState.get("foo=")).isNull();
		assertThat(traceState.get("1,fo")).isNull();
		assertThat(traceState.get("")).isNull();
		assertThat(traceState.get(null)).isNull();
		assertThat(traceState.size()).isEqualTo(3);
		assertThat(traceState.isEmpty()).isFalse();
	}

	@Test
	void tellsEveryEntry() {
		List<String> entries = new ArrayList<>();
		parse("foo=1,bar= 2").forEach((key, value) -> entries.add(key + '|' + value));
		assertThat(entries).containsExactly("foo|1", "bar| 2");
	}

	@Test
	void isEqualByContent() {
		assertThat(parse("foo=1,bar=2")).isEqualTo(parse("foo=1 , bar=2"))
			.hasSameHashCodeAs(parse("foo=1", "bar=2"))
			.isNotEqualTo(parse("bar=2,foo=1"))
			.hasToString("foo=1,bar=2");
	}

	@Test
	void putsChangedEntriesToTheLeft() {
		TraceState traceState = parse("foo@=1,bar=2,baz=3");
		assertThat(traceState.toBuilder().put("ot", "th:8").build()).hasToString("ot=th:8,foo@=1,bar=2,baz=3");
		assertThat(traceState.toBuilder().put("bar", "4").build()).hasToString("bar=4,foo@=1,baz=3");
		assertThat(traceState.toBuilder().remove("bar").remove("other").build()).hasToString("foo@=1,baz=3");
		assertThat(traceState).hasToString("foo@=1,bar=2,baz=3");
	}

	@Test
	void buildsEmptyState() {
		assertThat(parse("foo=1").toBuilder().remove("foo").build()).isSameAs(TraceState.getDefault());
	}

	@Test
	void buildsWithoutIllegalEntries() {
		TraceState traceState = parse("foo=1");
		for (String key : Arrays.asList(null, "", "@foo", "FOO", "foo=", "a,b", "k".repeat(257))) {
			assertThat(traceState.toBuilder().put(key, "1").build()).isEqualTo(traceState);
		}
		for (String value : Arrays.asList(null, "", "1 ", "1,2", "1=2", "v".repeat(257), "\u00e4")) {
			assertThat(traceState.toBuilder().put("bar", value).build()).isEqualTo(traceState);
		}
	}

	@Test
	void letsLastEntryFallOffWhenFull() {
		TraceState traceState = parse(members(32)).toBuilder().put("foo", "1").build();
		assertThat(traceState.size()).isEqualTo(32);
		assertThat(traceState.get("foo")).isEqualTo("1");
		assertThat(traceState.get("bar31")).isEqualTo("31");
		assertThat(traceState.get("bar32")).isNull();
		assertThat(HeaderTraceState.parse(List.of(traceState.toString()).iterator())).isEqualTo(traceState);
	}

	private static String members(int count) {
		return IntStream.rangeClosed(1, count)
			.mapToObj((number) -> "bar%1$02d=%1$02d".formatted(number))
			.collect(Collectors.joining(","));
	}

	private static TraceState parse(String... headers) {
		return HeaderTraceState.parse(List.of(headers).iterator());
	}

	private static String text(String... headers) {
		return HeaderTraceState.text(parse(headers));
	}

}
