package io.hindspan.sampling;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.sampling.ForcedTraceStatistics.Outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for the header that has a trace sampled.
 */
class ForcedTraceHeaderTests {

	private static final String NAME = "X-Hindspan-Trace";

	private static final String KEY = "0123456789abcdef0123456789abcdef";

	private static final String NONCE = "Zm9yIG9uY2Ugb25seQ";

	private static final long NOW = 1_800_000_000;

	private final ForcedTraceStatistics statistics = new ForcedTraceStatistics();

	private Instant now = Instant.ofEpochSecond(NOW);

	private final ForcedTraceHeader header = new ForcedTraceHeader(NAME, ForcedTrace.key(KEY), 3600,
			new UsedNonces(100), this.statistics, () -> this.now);

	private Outcome outcome(String value) {
		long[] before = counts();
		Context context = read(Context.root(), Map.of(NAME, value));
		long[] after = counts();
		Outcome outcome = null;
		for (int i = 0; i < after.length; i++) {
			if (after[i] > before[i]) {
				assertThat(outcome).isNull();
				outcome = Outcome.values()[i];
			}
		}
		assertThat(ForcedTraceHeader.isIn(context)).isEqualTo(outcome == Outcome.ACCEPTED);
		return outcome;
	}

	private long[] counts() {
		long[] counts = new long[Outcome.values().length];
		for (Outcome outcome : Outcome.values()) {
			counts[outcome.ordinal()] = this.statistics.of(outcome);
		}
		return counts;
	}

	private Context read(Context context, Map<String, String> headers) {
		return this.header.extract(context, headers, new TextMapGetter<Map<String, String>>() {

			@Override
			public Iterable<String> keys(Map<String, String> carrier) {
				return carrier.keySet();
			}

			@Override
			public String get(Map<String, String> carrier, String key) {
				return carrier.get(key);
			}

		});
	}

	private static String signed(long expiry) {
		return ForcedTrace.header(ForcedTrace.key(KEY), expiry, NONCE);
	}

	@Test
	void signedHeaderIsGoodForOnce() {
		assertThat(outcome(signed(NOW + 1))).isEqualTo(Outcome.ACCEPTED);
		assertThat(outcome(signed(NOW + 1))).isEqualTo(Outcome.REPLAYED);
	}

	@Test
	void headerOfTheApiIsGood() {
		this.now = Instant.now();
		assertThat(outcome(ForcedTrace.header(KEY, Duration.ofMinutes(5)))).isEqualTo(Outcome.ACCEPTED);
		assertThat(outcome(ForcedTrace.header(KEY, Duration.ofMinutes(5)))).isEqualTo(Outcome.ACCEPTED);
		assertThat(outcome(ForcedTrace.header(KEY, Duration.ofHours(2)))).isEqualTo(Outcome.TOO_LONG_VALID);
		assertThat(outcome(ForcedTrace.header(KEY + "x", Duration.ofMinutes(5)))).isEqualTo(Outcome.FORGED);
	}

	@Test
	void timeHasItsBounds() {
		assertThat(outcome(signed(NOW))).isEqualTo(Outcome.EXPIRED);
		assertThat(outcome(signed(0))).isEqualTo(Outcome.EXPIRED);
		assertThat(outcome(signed(NOW + 3601))).isEqualTo(Outcome.TOO_LONG_VALID);
		assertThat(outcome(signed(NOW + 3600))).isEqualTo(Outcome.ACCEPTED);
	}

	@Test
	void everyChangedCharacterIsAForgery() {
		String value = signed(NOW + 60);
		for (int i = 0; i < value.length(); i++) {
			char changed = (value.charAt(i) == 'A') ? 'B' : 'A';
			assertThat(outcome(value.substring(0, i) + changed + value.substring(i + 1))).as("at %d", i)
				.isIn(Outcome.FORGED, Outcome.MALFORMED);
			assertThat(outcome(value.substring(0, i))).isIn(Outcome.FORGED, Outcome.MALFORMED);
		}
		assertThat(outcome(value + "=")).isEqualTo(Outcome.FORGED);
		assertThat(outcome(value + ".")).isEqualTo(Outcome.FORGED);
		assertThat(outcome(value)).isEqualTo(Outcome.ACCEPTED);
	}

	@Test
	void signatureIsOfAllParts() {
		String value = signed(NOW + 60);
		assertThat(outcome(value.replace("." + (NOW + 60) + ".", "." + (NOW + 61) + "."))).isEqualTo(Outcome.FORGED);
		assertThat(outcome(value.replace(NONCE, NONCE + "1"))).isEqualTo(Outcome.FORGED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "v1", "v1..", "v1...", "v2.1800000060.Zm9yIG9uY2Ugb25seQ.x", "v1.-1.Zm9yIG9uY2U.x",
			"v1.9999999999999.Zm9yIG9uY2U.x", "v1.1800000060.short.x", "v1.1800000060.n\u00f6nce-n\u00f6nce.x",
			"v1.1800000060.Zm9yIG9uY2U", "....", "\u0000.\u0000.\u0000.\u0000" })
	void otherTextIsMalformed(String value) {
		assertThat(outcome(value)).isEqualTo(Outcome.MALFORMED);
	}

	@Test
	void longTextIsNotLookedAt() {
		assertThat(outcome(signed(NOW + 60) + "x".repeat(ForcedTraceHeader.MAX_LENGTH))).isEqualTo(Outcome.OVERSIZED);
		assertThat(outcome("v1." + "9".repeat(1_000_000))).isEqualTo(Outcome.OVERSIZED);
		assertThat(outcome("v1.1800000060." + "a".repeat(65) + ".x")).isEqualTo(Outcome.MALFORMED);
	}

	@Test
	void headerOfARequestBeforeDoesNotCount() {
		Context forced = read(Context.root(), Map.of(NAME, signed(NOW + 60)));
		assertThat(ForcedTraceHeader.isIn(forced)).isTrue();
		assertThat(ForcedTraceHeader.isIn(read(forced, Map.of()))).isFalse();
		assertThat(ForcedTraceHeader.isIn(read(forced, Map.of(NAME, "v1")))).isFalse();
	}

	@Test
	void isNotHandedOn() {
		assertThat(this.header.fields()).isEmpty();
	}

	@Test
	void shortKeyIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ForcedTrace.header("short", Duration.ofMinutes(1)))
			.withMessage("The key must have at least 32 bytes, and has 5");
		assertThatIllegalArgumentException().isThrownBy(() -> ForcedTrace.header(KEY, Duration.ofMillis(1)));
	}

	/**
	 * Runs what the documentation tells to run.
	 */
	@Test
	void documentedCommandMakesAHeader() throws Exception {
		String documentation = Files.readString(Path.of("../docs/sampling.md"));
		Matcher matcher = Pattern.compile("(?s)```sh\n(key=.*?)```").matcher(documentation);
		assertThat(matcher.find()).isTrue();
		Process openssl = new ProcessBuilder("sh", "-c", "command -v openssl").start();
		assumeThat(openssl.waitFor()).as("openssl is installed").isZero();
		String script = matcher.group(1).replaceFirst("key=.*", "key=" + KEY).replaceFirst("(?m)^curl .*", "")
				+ "\nprintf %s \"$header\"";
		Process process = new ProcessBuilder("sh", "-c", script).start();
		String made = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
		this.now = Instant.now();
		assertThat(outcome(made)).as(made).isEqualTo(Outcome.ACCEPTED);
		String[] parts = made.split("\\.");
		assertThat(ForcedTrace.header(ForcedTrace.key(KEY), Long.parseLong(parts[1]), parts[2])).isEqualTo(made);
	}

}
