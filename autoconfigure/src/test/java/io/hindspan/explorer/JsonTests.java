package io.hindspan.explorer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Json}.
 */
class JsonTests {

	@Test
	void membersAndElementsAreSeparated() {
		Json json = new Json().object()
			.member("a", "b")
			.name("c")
			.array()
			.value(1)
			.value(true)
			.object()
			.endObject()
			.array()
			.endArray()
			.endArray()
			.member("d", 0.5)
			.optional("e", null)
			.optional("f", "")
			.endObject();
		assertThat(text(json)).isEqualTo("{\"a\":\"b\",\"c\":[1,true,{},[]],\"d\":0.5}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "\"quoted\" \\ /", "line\nbreak\r\t\b\f\u0000\u001f\u007f",
			"</script><!-- ]]> & '", "\u2028\u2029", "ä é ß", "日本語", "\ud83d\ude00 at the end \ud83d\ude00" })
	void whateverIsWrittenIsReadAgain(String text) {
		byte[] bytes = new Json().value(text).toBytes();
		assertThat(JsonMapper.shared().readTree(bytes).asString()).isEqualTo(text);
		assertThat(new String(bytes, StandardCharsets.UTF_8)).doesNotContain("<", ">", "\u2028", "\u2029");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\ud83d", "\ude00", "a\ud83d", "\ud83db", "\ude00\ud83d" })
	void halfOfAPairIsReplaced(String text) {
		byte[] bytes = new Json().value(text).toBytes();
		String read = JsonMapper.shared().readTree(bytes).asString();
		assertThat(read).contains("\ufffd").hasSameSizeAs(text);
	}

	@Test
	void objectWithoutMembersIsNoList() {
		Attributes attributes = Attributes.of(AttributeKey.valueKey("object"), Value.of(Map.of()),
				AttributeKey.valueKey("list"), Value.of(List.of()));
		assertThat(text(new Json().attributes(attributes))).isEqualTo("{\"list\":[],\"object\":{}}");
	}

	@Test
	void longTextsAreWrittenInFull() {
		String text = "0123456789\u00e4\u65e5".repeat(10_000);
		assertThat(JsonMapper.shared().readTree(new Json().value(text).toBytes()).asString()).isEqualTo(text);
	}

	@Test
	void numbersThatWouldBeRoundedAreTexts() {
		long exact = 1L << 53;
		assertThat(text(
				new Json().array().value(exact).value(exact + 1).value(-exact - 1).value(Long.MIN_VALUE).endArray()))
			.isEqualTo("[9007199254740992,\"9007199254740993\",\"-9007199254740993\",\"-9223372036854775808\"]");
	}

	@Test
	void numbersThatAreNoneAreTexts() {
		assertThat(text(new Json().array()
			.value(Double.NaN)
			.value(Double.POSITIVE_INFINITY)
			.value(Double.NEGATIVE_INFINITY)
			.value(-0.0)
			.value(1.0E-300)
			.endArray())).isEqualTo("[\"NaN\",\"Infinity\",\"-Infinity\",-0.0,1.0E-300]");
	}

	@Test
	void attributesKeepTheirTypes() {
		Attributes attributes = Attributes.builder()
			.put("text", "t")
			.put("number", 1L)
			.put("ratio", 0.5)
			.put("truth", true)
			.put(AttributeKey.longArrayKey("list"), 1L, 2L)
			.put(AttributeKey.valueKey("value"),
					Value.of(KeyValue.of("bytes", Value.of(new byte[] { 1, 2 })),
							KeyValue.of("list", Value.of(Value.of("a"), Value.of(Long.MAX_VALUE)))))
			.build();
		assertThat(JsonMapper.shared().readTree(new Json().attributes(attributes).toBytes()))
			.isEqualTo(JsonMapper.shared()
				.readTree("{\"text\":\"t\",\"number\":1,\"ratio\":0.5,\"truth\":true,\"list\":[1,2],"
						+ "\"value\":{\"bytes\":\"AQI=\",\"list\":[\"a\",\"9223372036854775807\"]}}"));
	}

	@Test
	void depthIsBounded() {
		Value<?> value = Value.of("deepest");
		for (int i = 0; i < 5000; i++) {
			value = Value.of(value);
		}
		String json = text(new Json().attributes(Attributes.of(AttributeKey.valueKey("value"), value)));
		assertThat(json).hasSizeLessThan(200).doesNotContain("deepest");
	}

	private static String text(Json json) {
		return new String(json.toBytes(), StandardCharsets.UTF_8);
	}

}
