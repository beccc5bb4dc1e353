package io.hindspan.guard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.hindspan.guard.SecretCorpus.Sample;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with many secrets, of which none may be seen, and many harmless texts that look
 * like some, of which hardly any may be masked.
 */
class CorpusTests {

	private static final int SECRETS = 20_000;

	private static final int SPANS = 200;

	private static final int LOOK_ALIKES = 5_000;

	private static final int SEEN_AT_MOST = 8;

	private final TextGuard texts = Guards.texts();

	private final Findings findings = this.texts.newFindings();

	static Stream<Arguments> kinds() {
		Map<String, Function<SecretCorpus, Sample>> kinds = new LinkedHashMap<>();
		kinds.put("e-mail", SecretCorpus::email);
		kinds.put("JWT", SecretCorpus::jwt);
		kinds.put("bearer", SecretCorpus::bearer);
		kinds.put("basic", SecretCorpus::basic);
		kinds.put("card", SecretCorpus::card);
		kinds.put("IBAN", SecretCorpus::iban);
		kinds.put("user in a URL", SecretCorpus::userInfo);
		kinds.put("parameter of a URL", SecretCorpus::parameter);
		kinds.put("token", SecretCorpus::token);
		kinds.put("private key", SecretCorpus::privateKey);
		kinds.put("named", SecretCorpus::named);
		kinds.put("SQL literal", SecretCorpus::sqlLiteral);
		kinds.put("row", SecretCorpus::row);
		return kinds.entrySet().stream().map((kind) -> Arguments.of(kind.getKey(), kind.getValue()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("kinds")
	void noSecretIsSeen(String kind, Function<SecretCorpus, Sample> next) {
		SecretCorpus corpus = new SecretCorpus(kind.hashCode());
		List<String> seen = new ArrayList<>();
		int kept = 0;
		for (int i = 0; i < SECRETS; i++) {
			Sample sample = next.apply(corpus);
			String masked = this.texts.guard(sample.text(), this.findings);
			if (shows(masked, sample)) {
				seen.add(sample.text() + "\n -> " + masked);
			}
			kept += masked.contains(sample.before()) ? 1 : 0;
		}
		assertThat(seen.stream().limit(12).toList()).as("%d of %d", seen.size(), SECRETS).isEmpty();
		assertThat(kept).as("texts whose words around the secret are kept").isGreaterThan(SECRETS * 95 / 100);
	}

	/**
	 * Whether the secret can be seen, or as much of it as would tell something.
	 */
	private static boolean shows(String masked, Sample sample) {
		String secret = sample.secret();
		String harmless = sample.text().replace(secret, "");
		int length = Math.min(secret.length(), SEEN_AT_MOST);
		for (int i = 0; i + length <= secret.length(); i++) {
			String part = secret.substring(i, i + length);
			if (masked.contains(part) && !harmless.contains(part)) {
				return true;
			}
		}
		return false;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("kinds")
	void noSecretIsSeenInAnyPlaceOfASpan(String kind, Function<SecretCorpus, Sample> next) {
		SecretCorpus corpus = new SecretCorpus(kind.hashCode() + 1);
		SpanGuard guard = Guards.start();
		FinishedSpans spans = new FinishedSpans();
		String stackTrace = Arrays.toString(new IllegalStateException().getStackTrace());
		for (int i = 0; i < SPANS; i++) {
			Sample sample = next.apply(corpus);
			AttributeKey<String> key = AttributeKey.stringKey("text");
			SpanData span = spans.finish(sample.text(), (built) -> {
				built.setAttribute(key, sample.text());
				built.setAttribute(sample.text(), "in a name");
				built.setAttribute("db.query.parameter.x", sample.text());
				built.setAttribute(AttributeKey.stringArrayKey("list"), List.of("a", sample.text()));
				built.setAttribute(AttributeKey.valueKey("nested"), Value.of(Map.of("a", Value.of(sample.text()))));
				built.addEvent(sample.text(), Attributes.of(key, sample.text()));
				built.recordException(new IllegalStateException(sample.text(), new IOException(sample.text())));
				built.addLink(SpanContext.getInvalid(), Attributes.of(key, sample.text()));
				built.setStatus(StatusCode.ERROR, sample.text());
			}, Resource.create(Attributes.of(key, sample.text())));
			SpanData guarded = guard.guard(List.of(span)).get(0);
			List<String> texts = new ArrayList<>(
					List.of(guarded.getName(), guarded.getStatus().getDescription(), guarded.getAttributes().toString(),
							guarded.getResource().toString(), guarded.getLinks().toString()));
			guarded.getEvents().forEach((event) -> texts.add(event.getName() + " " + event.getAttributes()));
			assertThat(texts).hasSize(7)
				.noneMatch((text) -> shows(text, new Sample(sample.text() + stackTrace, sample.secret(), "")));
		}
	}

	@Test
	void harmlessTextsAreKept() {
		LookAlikeCorpus corpus = new LookAlikeCorpus(7);
		int all = 0;
		int masked = 0;
		StringBuilder report = new StringBuilder();
		for (Map.Entry<String, Supplier<String>> kind : corpus.kinds().entrySet()) {
			int ofKind = 0;
			String example = "";
			for (int i = 0; i < LOOK_ALIKES; i++) {
				String text = kind.getValue().get();
				String guarded = this.texts.guard(text, this.findings);
				if (!guarded.equals(text)) {
					ofKind++;
					example = text + " -> " + guarded;
				}
			}
			all += LOOK_ALIKES;
			masked += ofKind;
			if (ofKind > 0) {
				report.append('\n').append(kind.getKey()).append(": ").append(ofKind).append(", ").append(example);
			}
			assertThat(ofKind).as(kind.getKey() + report).isLessThanOrEqualTo(LOOK_ALIKES * 3 / 100);
		}
		assertThat(masked).as("of %d%s", all, report).isLessThanOrEqualTo(all / 100);
	}

}
