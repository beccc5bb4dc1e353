package io.hindspan.guard;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hindspan.core.Bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for the guard, with spans of the SDK.
 */
class SpanGuardTests {

	private static final String SECRET = "john@example.com";

	private final FinishedSpans spans = new FinishedSpans();

	private final SpanGuard guard = Guards.start();

	@Test
	void spanWithNothingToMaskIsTheSameInstance() {
		SpanData span = this.spans.finish("GET /tasks/{id}", (built) -> {
			built.setAttribute("http.request.method", "GET");
			built.setAttribute("url.path", "/tasks/42");
			built.setAttribute("db.query.text", "select t.id from tasks t where t.password = ? limit $1");
			built.setAttribute(AttributeKey.longKey("gen_ai.usage.input_tokens"), 42L);
			built.setAttribute(AttributeKey.booleanKey("authorization.granted"), true);
			built.addEvent("task_created", Attributes.of(AttributeKey.stringKey("task.title"), "Write the report"));
			built.setStatus(StatusCode.ERROR, "No task 42");
		});
		assertThat(this.guard.guard(List.of(span))).singleElement().isSameAs(span);
	}

	@Test
	void secretsAreMaskedInEveryPlace() {
		SpanContext linked = SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
				TraceFlags.getSampled(), TraceState.builder().put("v", "x").put("w", SECRET).build());
		SpanData span = this.spans.finish("mail to " + SECRET, (built) -> {
			built.setAttribute("mail", SECRET);
			built.setAttribute("key of " + SECRET, "x");
			built.setAttribute(AttributeKey.stringArrayKey("mails"), List.of("x", SECRET));
			built.setAttribute(AttributeKey.valueKey("nested"),
					Value.of(Value.of(KeyValue.of("a", Value.of(SECRET)), KeyValue.of("password", Value.of("hunter2"))),
							Value.of(SECRET.getBytes())));
			built.addEvent("event of " + SECRET, Attributes.of(AttributeKey.stringKey("a"), SECRET));
			built.recordException(new IllegalStateException("No " + SECRET));
			built.addLink(linked, Attributes.of(AttributeKey.stringKey("a"), SECRET));
			built.setStatus(StatusCode.ERROR, "No " + SECRET);
		}, Resource.create(Attributes.of(AttributeKey.stringKey("service.owner"), SECRET)));
		SpanData guarded = this.guard.guard(List.of(span)).get(0);
		assertThat(all(guarded)).doesNotContain(SECRET).doesNotContain("john").doesNotContain("hunter2");
		assertThat(guarded.getName()).isEqualTo("mail to <email:16>");
		assertThat(guarded.getStatus().getDescription()).isEqualTo("No <email:16>");
		assertThat(guarded.getAttributes().get(AttributeKey.stringArrayKey("mails"))).containsExactly("x",
				"<email:16>");
		assertThat(guarded.getEvents().get(1).getAttributes().get(AttributeKey.stringKey("exception.stacktrace")))
			.startsWith("java.lang.IllegalStateException: No <email:16>")
			.contains("SpanGuardTests.java");
		assertThat(guarded.getLinks().get(0).getSpanContext().getTraceState().asMap()).isEqualTo(Map.of("v", "x"));
		assertThat(guarded.getTotalAttributeCount()).isEqualTo(span.getTotalAttributeCount());
		assertThat(guarded.getSpanId()).isEqualTo(span.getSpanId());
	}

	@Test
	void spansOfOneResourceShareOneGuardedResource() {
		Resource resource = Resource.create(Attributes.of(AttributeKey.stringKey("owner"), SECRET));
		SpanData first = this.spans.finish("a", (built) -> {
		}, resource);
		SpanData second = this.spans.finish("b", (built) -> {
		}, resource);
		Resource guarded = this.guard.guard(List.of(first)).get(0).getResource();
		assertThat(guarded.getAttribute(AttributeKey.stringKey("owner"))).isEqualTo("<email:16>");
		assertThat(this.guard.guard(List.of(second)).get(0).getResource()).isSameAs(guarded);
	}

	@ParameterizedTest
	@CsvSource({ "db.password,hunter2,<secret:8>", "http.request.header.authorization,x,<secret:1>",
			"http.request.header.x-api-key,abc,<secret:4>", "clientSecret,abcd,<secret:4>", "sessionId,abc,<secret:4>",
			"user.ssn,078-05-1120,<secret:16>", "password,<secret:8>,<secret:8>", "token.type,access,access",
			"session.count,many,many", "cookie.name,theme,theme", "messaging.destination.name,tokens,tokens",
			"code.function.name,TokenService.get,TokenService.get",
			"url.query,a=b&name=John,a=<value:1>&name=<value:4>", "url.full,https://h/?q=John,https://h/?q=<value:4>" })
	void keyDecides(String key, String value, String guarded) {
		SpanData span = this.spans.finish("a", (built) -> built.setAttribute(key, value));
		assertThat(this.guard.guard(List.of(span)).get(0).getAttributes().get(AttributeKey.stringKey(key)))
			.isEqualTo(guarded);
	}

	@Test
	void numbersAreMaskedWhereTheyAreSecret() {
		SpanData span = this.spans.finish("a", (built) -> {
			built.setAttribute("user.pin", 1234);
			built.setAttribute("token.count", 5);
			built.setAttribute("payment", 4111_1111_1111_1111L);
			built.setAttribute("amount", 4111_1111_1111_1111.0);
			built.setAttribute("order.id", 4111_1111_1111_1112L);
			built.setAttribute("password.expired", true);
			built.setAttribute(AttributeKey.longArrayKey("payments"), List.of(1L, 4111_1111_1111_1111L));
		});
		Attributes guarded = this.guard.guard(List.of(span)).get(0).getAttributes();
		assertThat(guarded.get(AttributeKey.stringKey("user.pin"))).isEqualTo("<secret:4>");
		assertThat(guarded.get(AttributeKey.longKey("token.count"))).isEqualTo(5);
		assertThat(guarded.get(AttributeKey.stringKey("payment"))).isEqualTo("<card:16>");
		assertThat(guarded.get(AttributeKey.longKey("order.id"))).isEqualTo(4111_1111_1111_1112L);
		assertThat(guarded.get(AttributeKey.booleanKey("password.expired"))).isTrue();
		assertThat(guarded.get(AttributeKey.stringArrayKey("payments"))).containsExactly("1", "<card:16>");
		assertThat(guarded.get(AttributeKey.stringKey("amount"))).isEqualTo("<card:16>");
		assertThat(guarded.size()).isEqualTo(7);
	}

	@Test
	void sqlHasNoLiterals() {
		String sql = "select * from users where name = 'John' and age > 42";
		SpanData relational = this.spans.finish("a", (built) -> built.setAttribute("db.statement", sql));
		SpanData other = this.spans.finish("a",
				(built) -> built.setAttribute("db.query.text", "GET user:42").setAttribute("db.system.name", "redis"));
		List<SpanData> guarded = this.guard.guard(List.of(relational, other));
		assertThat(guarded.get(0).getAttributes().get(AttributeKey.stringKey("db.statement")))
			.isEqualTo("select * from users where name = ? and age > ?");
		assertThat(guarded.get(1)).isSameAs(other);
	}

	@ParameterizedTest
	@CsvSource({ "GET user:42,GET user:42", "HSET user:1 password hunter2,HSET user:1 ?", "AUTH hunter2,AUTH ?",
			"auth default hunter2,auth ?", "PING,PING", "SET mail john@example.com EX 10,SET mail ?",
			"GET john@example.com,GET <email:16>" })
	void commandsOfRedisHaveNoArguments(String command, String guarded) {
		SpanData span = this.spans.finish("a",
				(built) -> built.setAttribute("db.statement", command).setAttribute("db.system", "redis"));
		assertThat(this.guard.guard(List.of(span)).get(0).getAttributes().get(AttributeKey.stringKey("db.statement")))
			.isEqualTo(guarded);
	}

	@Test
	void detectorThatFailsMasksTheText() {
		SpanGuard failing = Guards
			.start(new ApplicationContextRunner().withBean("failing", ValueDetector.class, () -> (text, findings) -> {
				if (text.contains("boom")) {
					throw new IllegalStateException("broken");
				}
				if (text.contains("deep")) {
					throw new StackOverflowError();
				}
				if (text.contains("outside")) {
					findings.mask("x", 0, text.length() + 1);
				}
			}));
		SpanData span = this.spans.finish("a", (built) -> {
			built.setAttribute("a", "boom!");
			built.setAttribute("b", "fine");
			built.setAttribute("c", "deep");
			built.setAttribute("d", "outside");
		});
		Attributes guarded = failing.guard(List.of(span)).get(0).getAttributes();
		assertThat(guarded.get(AttributeKey.stringKey("a"))).isEqualTo("<unreadable:8>");
		assertThat(guarded.get(AttributeKey.stringKey("b"))).isEqualTo("fine");
		assertThat(guarded.get(AttributeKey.stringKey("c"))).isEqualTo("<unreadable:4>");
		assertThat(guarded.get(AttributeKey.stringKey("d"))).isEqualTo("<unreadable:8>");
		assertThat(failing.statistics().countMasked("unreadable")).isEqualTo(3);
	}

	@Test
	void spanThatCannotBeReadIsBare() {
		SpanData span = new UnreadableSpan(this.spans.finish("a", (built) -> built.setAttribute("mail", SECRET)));
		SpanData guarded = this.guard.guard(List.of(span)).get(0);
		assertThat(guarded.getName()).isEqualTo("<unreadable>");
		assertThat(guarded.getSpanId()).isEqualTo(span.getSpanId());
		assertThat(guarded.getAttributes().isEmpty()).isTrue();
		assertThat(guarded.getEvents()).isEmpty();
	}

	@Test
	void ownPatternsKeysAndDetectorsCount() {
		SpanGuard own = Guards
			.start(new ApplicationContextRunner().withBean("own", ValueDetector.class, () -> (text, findings) -> {
				int at = text.indexOf("KD-");
				if (at >= 0) {
					findings.mask("customer", at, at + 5);
				}
			})
				.withPropertyValues("hindspan.guard.patterns[0].name=order",
						"hindspan.guard.patterns[0].pattern=O-[0-9]+", "hindspan.guard.keys=customer.*,*.Phone",
						"hindspan.guard.allowed-keys=token.*,contact"));
		SpanData span = this.spans.finish("a", (built) -> {
			built.setAttribute("text", "O-42 of KD-17 and O-7");
			built.setAttribute("customer.name", "John");
			built.setAttribute("home.phone", 1234567);
			built.setAttribute("token.kept", "abc");
			built.setAttribute("contact", SECRET);
		});
		Attributes guarded = own.guard(List.of(span)).get(0).getAttributes();
		assertThat(guarded.get(AttributeKey.stringKey("text"))).isEqualTo("<order:4> of <customer:8> and <order:4>");
		assertThat(guarded.get(AttributeKey.stringKey("customer.name"))).isEqualTo("<secret:4>");
		assertThat(guarded.get(AttributeKey.stringKey("home.phone"))).isEqualTo("<secret:8>");
		assertThat(guarded.get(AttributeKey.stringKey("token.kept"))).isEqualTo("abc");
		assertThat(guarded.get(AttributeKey.stringKey("contact"))).isEqualTo(SECRET);
		assertThat(own.statistics().countMasked("order")).isEqualTo(2);
		assertThat(own.statistics().countMasked("other")).isEqualTo(1);
	}

	@Test
	void detectorsThatAreNotNamedAreOff() {
		SpanGuard cards = Guards
			.start(new ApplicationContextRunner().withPropertyValues("hindspan.guard.detectors=card,private-key"));
		SpanData span = this.spans.finish(SECRET + " 4111111111111111", (built) -> {
			built.setAttribute("url.query", "q=John");
			built.setAttribute("db.statement", "select 'John'");
			built.setAttribute("password", "hunter2");
		});
		SpanData guarded = cards.guard(List.of(span)).get(0);
		assertThat(guarded.getName()).isEqualTo(SECRET + " <card:16>");
		assertThat(guarded.getAttributes().asMap().values()).containsExactlyInAnyOrder("q=John", "select 'John'",
				"<secret:8>");
	}

	@ParameterizedTest
	@ValueSource(strings = { "(a+)+$", "(a|aa)+$", "(a*)*b", "([a-z]+)*\\d", "(.*a){20}", "(x+x+)+y|(a+)+b" })
	@Timeout(value = 30, unit = TimeUnit.SECONDS)
	void patternThatTakesTooLongMasksTheText(String pattern) {
		SpanGuard own = Guards.start(new ApplicationContextRunner().withPropertyValues(
				"hindspan.guard.patterns[0].name=bomb", "hindspan.guard.patterns[0].pattern=" + pattern + "(?=.)"));
		SpanData span = this.spans.finish("a", (built) -> built.setAttribute("text", "a".repeat(60_000) + "!"));
		long begin = System.nanoTime();
		String guarded = own.guard(List.of(span)).get(0).getAttributes().get(AttributeKey.stringKey("text"));
		assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
		assertThat(guarded).isIn("<unreadable:65536>", "<bomb:65536>!");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "-eyJ", "oracle:thin:", "password=(${", "authorization: ${", ":secret>${", "dup key: {${" })
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void batchOfHostileTextsTakesBoundedTime(String unit) {
		String text = unit.repeat(60_000 / unit.length()) + "})";
		List<SpanData> batch = Collections.nCopies(40,
				this.spans.finish("a", (built) -> built.setAttribute("text", text)));
		long begin = System.nanoTime();
		this.guard.guard(batch);
		assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(4));
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void hostileTextsTakeBoundedTime() {
		List<String> units = List.of("@", "a@", "a@[", "a.@b.", "eyJ", "-eyJ", "eyJa.", "-eyJa.eyJa", "4", "41 ", "4-",
				"4111 ", "bearer ", "basic=", "Basic YTpi", "://", "://a:b/", "://a:", "?a=", "?", "a=&", "?a&", "sk-",
				"_sk-", "ghp_", "-----BEGIN ", "-----BEGIN PRIVATE KEY", "password", "password=", "password='",
				"password=<", "cookie: the ", "token=1,", "\\", "\\\"", "password\\\":\\\"", "'", "where '",
				"insert into ''", "Key (a)=(", ")=(", "<password>", "--token ", "%3d", "%40", "DE89", "DE89 ", "<",
				"<a:", "é", "\ud83d", "\ude00", "\u0000", " '", "set 'a", "AKIA", "v1.1", "a.b@c.", "x:y@", "set '",
				"values (", "values ('", "a='", "duplicate entry '", "=> :a", "{\"a\":");
		for (String unit : units) {
			String text = unit.repeat(2_000_000 / unit.length());
			SpanData span = this.spans.finish("a", (built) -> built.setAttribute("text", text));
			long begin = System.nanoTime();
			String guarded = this.guard.guard(List.of(span)).get(0).getAttributes().get(AttributeKey.stringKey("text"));
			assertThat(System.nanoTime() - begin).as(unit).isLessThan(TimeUnit.SECONDS.toNanos(3));
			assertThat(guarded.length()).as(unit).isLessThan(2_000_000).isGreaterThan(4);
		}
	}

	@Test
	void longTextIsCutWithoutHalfASecret() {
		String text = "x ".repeat(TextGuard.MAX_LENGTH / 2 - 4) + SECRET + " " + "y".repeat(100);
		SpanData span = this.spans.finish("a", (built) -> built.setAttribute("text", text));
		String guarded = this.guard.guard(List.of(span)).get(0).getAttributes().get(AttributeKey.stringKey("text"));
		assertThat(guarded).doesNotContain("john").endsWith(" …<cut:" + text.length() + ">");
		assertThat(this.guard.statistics().cut.sum()).isEqualTo(1);
	}

	@Test
	void attributesThatExplodeAreCounted() {
		SpanGuard few = Guards
			.start(new ApplicationContextRunner().withPropertyValues("hindspan.guard.max-attribute-values=1000"));
		List<SpanData> batch = IntStream.range(0, 1_500).mapToObj((i) -> this.spans.finish("a", (built) -> {
			built.setAttribute("task.id", "task-" + i);
			built.setAttribute("task.kind", "kind-" + i % 500);
		})).toList();
		few.guard(batch);
		assertThat(few.explodedAttributes()).isEqualTo(1);
	}

	@Test
	void rememberedKeysAreBounded() {
		TextGuard texts = Guards.texts();
		KeyRules rules = new KeyRules(List.of(), List.of(), EnumSet.allOf(Detector.class), texts);
		for (int i = 0; i < 10_000; i++) {
			assertThat(rules.get("user." + i + ".password").treatment()).isEqualTo(KeyRule.Treatment.MASK);
			rules.get("x".repeat(1_000) + i);
		}
		assertThat(rules.size()).isEqualTo(KeyRules.MAX_REMEMBERED);
	}

	@Test
	void droppedPartsAreCounted() {
		SpanData span = this.spans.finish("a", (built) -> {
			for (int i = 0; i < 140; i++) {
				built.setAttribute("a" + i, i);
				built.addEvent("e" + i);
			}
		});
		this.guard.guard(List.of(span));
		assertThat(this.guard.statistics().droppedAttributes.sum()).isEqualTo(12);
		assertThat(this.guard.statistics().droppedEvents.sum()).isEqualTo(12);
		assertThat(this.guard.statistics().droppedLinks.sum()).isZero();
	}

	/**
	 * OpenTelemetry's exporter fails on them, with all spans of the batch.
	 */
	@Test
	void missingNumbersAreCompleted() {
		SpanData span = this.spans.finish("a",
				(built) -> built.setAttribute(AttributeKey.longArrayKey("l"), Arrays.asList(1L, null))
					.setAttribute(AttributeKey.doubleArrayKey("d"), Arrays.asList(null, 1.5))
					.setAttribute(AttributeKey.booleanArrayKey("b"), Arrays.asList(true, null)));
		Attributes guarded = this.guard.guard(List.of(span)).get(0).getAttributes();
		assertThat(guarded.get(AttributeKey.longArrayKey("l"))).containsExactly(1L, 0L);
		assertThat(guarded.get(AttributeKey.doubleArrayKey("d"))).containsExactly(0.0, 1.5);
		assertThat(guarded.get(AttributeKey.booleanArrayKey("b"))).containsExactly(true, false);
	}

	@Test
	void boundsOfSpansAreToldWithWhatTheyCost() {
		SpanData span = this.spans.finish("a", (built) -> {
			built.setAttribute("long", "x".repeat(70_000));
			for (int i = 0; i < 129; i++) {
				built.setAttribute("a" + i, i);
			}
		});
		this.guard.guard(List.of(span));
		GuardProperties properties = new GuardProperties(true, List.of(), List.of(), List.of(), null, 1000, 10_000);
		assertThat(this.guard.statistics().bounds(properties, SpanLimits.getDefault()))
			.extracting(Bound::what, Bound::limit, Bound::givenUp)
			.contains(tuple("Attributes of a span", 128L, 2L), tuple("Events of a span", 128L, 0L),
					tuple("Length of a text", 65_536L, 1L), tuple("Span names of an instrumentation", 1000L, 0L));
	}

	@Test
	void namesOfSpansOfEachKindAreBounded() {
		SpanGuard few = Guards
			.start(new ApplicationContextRunner().withPropertyValues("hindspan.guard.max-span-names=10"));
		List<SpanData> batch = IntStream.range(0, 100).mapToObj((i) -> this.spans.finish("task " + i, (built) -> {
		})).toList();
		assertThat(few.guard(batch)).extracting(SpanData::getName)
			.contains("task 0", "task {id}")
			.doesNotContain("task 50");
	}

	private static String all(SpanData span) {
		StringBuilder all = new StringBuilder(span.getName()).append(span.getStatus())
			.append(span.getAttributes())
			.append(span.getResource())
			.append(span.getInstrumentationScopeInfo())
			.append(span.getSpanContext())
			.append(span.getLinks());
		span.getEvents().forEach((event) -> all.append(event.getName()).append(event.getAttributes()));
		return all.toString();
	}

}
