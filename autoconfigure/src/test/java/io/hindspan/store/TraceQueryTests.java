package io.hindspan.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.hindspan.store.QueriedSpan.span;
import static io.hindspan.store.QueriedSpan.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the language of queries.
 */
class TraceQueryTests {

	private static final String OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c";

	private final QueriedSpan request = span(1).name("POST /api/v1/tasks")
		.kind(SpanKind.SERVER)
		.millis(1500)
		.with("http.request.method", "POST")
		.with("http.response.status_code", 503)
		.with("url.path", "/api/v1/tasks")
		.with("http.route", "/api/{version}/tasks")
		.with("user.id", "usr_123abc")
		.with("permission.required", List.of("tasks:read", "tasks:write"))
		.with("queue.load", 0.75)
		.with("tenant", "north (old)")
		.resource("service.version", "1.2.0")
		.event("cache_miss", "cache.system", "redis", "cache.hit", false)
		.event("cache_hit", "cache.system", "redis", "cache.hit", true)
		.link(OTHER_TRACE, "00f067aa0ba902b7");

	private final QueriedSpan statement = span(2).in(this.request)
		.name("INSERT tasks")
		.kind(SpanKind.CLIENT)
		.millis(120)
		.with("db.system.name", "postgresql")
		.with("db.operation.name", "INSERT")
		.with("db.query.text", "INSERT INTO tasks (id) VALUES (?)")
		.with("server.address", "db.example.com")
		.status(StatusCode.ERROR, "connection reset by Peer")
		.event("exception", "exception.type", "java.net.SocketException", "exception.message", "Broken pipe",
				"exception.stacktrace", "at io.example.Hidden.line");

	private final QueriedSpan worker = span(3).in(this.request)
		.service("worker")
		.name("jobs process")
		.kind(SpanKind.CONSUMER)
		.millis(50)
		.with("messaging.destination", "jobs")
		.with("http.url", "https://example.com:8443/notify?user=7")
		.with("retry.attempt", "3")
		.with("error.type", "TimeoutException");

	private final Trace trace = trace(this.request, this.statement, this.worker);

	private List<String> found(String query) {
		TraceQuery parsed = TraceQuery.parse(query);
		List<String> spans = parsed.matchingSpans(this.trace);
		if (!spans.isEmpty()) {
			assertThat(parsed.matches(this.trace)).as(query).isTrue();
		}
		return spans;
	}

	@Test
	void documentedQueriesWorkAsWritten() {
		assertThat(found("http.method=POST duration:>1s")).containsExactly(this.request.id());
		assertThat(found("http.status_code>=500")).containsExactly(this.request.id());
		assertThat(found("user.id=usr_123abc")).containsExactly(this.request.id());
		assertThat(found("http.url=/api/v1/tasks")).containsExactly(this.request.id());
		assertThat(found("db.operation AND duration:>100ms")).containsExactly(this.statement.id());
		assertThat(found("cache.hit=false")).containsExactly(this.request.id());
		assertThat(found("db.operation AND duration:>130ms")).isEmpty();
		assertThat(found("http.method=POST duration:>2s")).isEmpty();
		assertThat(found("http.status_code>=504")).isEmpty();
	}

	@Test
	void examplesOfTheDocumentationCanBeRead() throws IOException {
		List<String> examples = Files.readAllLines(Path.of("../docs/search.md"))
			.stream()
			.dropWhile((line) -> !line.startsWith("|"))
			.takeWhile((line) -> line.startsWith("|"))
			.filter((line) -> line.startsWith("| `"))
			.map((line) -> line.substring(3, line.indexOf("` |")))
			.toList();
		assertThat(examples).hasSizeGreaterThan(10).allSatisfy(TraceQuery::parse);
	}

	@Test
	void cacheHitOfASpanOfItsOwnIsFound() {
		Trace lookup = trace(span(1), span(2).name("get tasks").with("cache.hit", false).event("cache_miss"));
		assertThat(TraceQuery.parse("cache.hit=false").matchingSpans(lookup)).containsExactly(span(2).id());
		assertThat(TraceQuery.parse("cache.hit=true").matches(lookup)).isFalse();
		assertThat(TraceQuery.parse("event=cache_miss").matchingSpans(lookup)).containsExactly(span(2).id());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/v1/tasks", "/api/v1/tasks?page=2", "/api/*/tasks",
			"http://localhost:8080/api/v1/tasks", "http://localhost:8080/api/v1/tasks?page=2", "*localhost:8080*" })
	void urlIsFoundByItsPathOrWhole(String value) {
		for (String key : List.of("http.url", "url.full")) {
			Trace call = trace(span(1).with(key, "http://localhost:8080/api/v1/tasks?page=2"));
			assertThat(TraceQuery.parse("http.url=" + value).matches(call)).as(key).isTrue();
			assertThat(TraceQuery.parse("url.full!=" + value).matches(call)).as(key).isFalse();
			assertThat(TraceQuery.parse("http.url=/api/v1").matches(call)).isFalse();
		}
	}

	@Test
	void pathIsComparedWithWhateverHasOne() {
		TraceQuery query = TraceQuery.parse("http.url=/api/v1/tasks");
		assertThat(query.matches(trace(span(1).with("http.target", "/api/v1/tasks?page=1")))).isTrue();
		assertThat(query.matches(trace(span(1).with("http.route", "/api/v1/tasks")))).isTrue();
		assertThat(query.matches(trace(span(1).with("url.full", "https://api.example.com/api/v1/tasks")))).isTrue();
		assertThat(query.matches(trace(span(1).with("url.full", "https://api.example.com/api/v1/tasks/7")))).isFalse();
		assertThat(query.matches(trace(span(1).with("url.path", "/v2/api/v1/tasks")))).isFalse();
		assertThat(query.matches(trace(span(1).with("http.target", "/go?to=http://x/api/v1/tasks")))).isFalse();
		assertThat(TraceQuery.parse("http.url=/").matches(trace(span(1).with("url.full", "https://example.com"))))
			.isTrue();
		assertThat(TraceQuery.parse("http.url!=/api/v1/tasks").matches(trace(span(1).with("url.path", "/other"))))
			.isTrue();
		assertThat(TraceQuery.parse("http.url!=/api/v1/tasks").matches(trace(span(1)))).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			http.request.method=POST            | 1
			http.method:POST                    | 1
			http.method:="POST"                 | 1
			http.method==POST                   | 1
			http.method = POST                  | 1
			http.method=post                    |
			http.method!=GET                    | 1
			http.method!=POST                   |
			http.response.status_code=503.0     | 1
			http.status_code<504                | 1
			http.status_code<=503               | 1
			http.status_code:<503               |
			http.status_code=5*                 | 1
			http.status_code=5?3                | 1
			http.status_code=5?                 |
			queue.load>0.7 queue.load<7.6e-1    | 1
			retry.attempt>=3                    | 3
			retry.attempt>3                     |
			permission.required=tasks:read      | 1
			permission.required=tasks:*         | 1
			permission.required!=tasks:read     |
			permission.required!=tasks:delete   | 1
			http.route=/api/{version}/tasks     | 1
			(http.route=/api/{version}/tasks)   | 1
			tenant="north (old)"                | 1
			tenant=north*                       | 1
			tenant="north"*                     | 1
			tenant="north*"                     |
			tenant='north (old)'                | 1
			tenant=north\\ \\(old\\)                | 1
			tenant~NORTH                        | 1
			tenant!~SOUTH                       | 1
			tenant!~old                         |
			"tenant"=north*                     | 1
			service.version=1.2.0               | 1
			resource.service.version=1.2.0      | 1
			span.service.version=1.2.0          |
			event.cache.system=redis            | 1
			resource.cache.system=redis         |
			db.statement~"values (?)"           | 2
			db.system=postgresql                | 2
			net.peer.name=db.example.com        | 2
			db.system=*                         | 2
			db.system!=* kind=client            |
			db.system!=* kind=consumer          | 3
			messaging.destination.name=jobs     | 3
			exception.type=*SocketException     | 2
			service=worker                      | 3
			service!=tasks                      | 3
			name="INSERT tasks"                 | 2
			operation=INSERT*                   | 2
			kind=SERVER                         | 1
			span.kind=server                    | 1
			status=error                        | 2
			status=Unset service=worker         | 3
			error                               | 2 3
			error=true                          | 2 3
			error=false                         | 1
			-error                              |
			duration:>=50ms duration<1s         | 2 3
			duration>1m                         |
			duration>1s400ms                    | 1
			duration>49999µs duration<51000us   | 3
			event=cache_*                       | 1
			event.name=cache_miss               | 1
			event!=cache_miss                   | 2
			link.trace.id=0AF7651916CD43DD8448EB211C80319C | 1
			link.span.id=00f067aa0ba902b7       | 1
			0000000000000003                    | 3
			span.id=0000000000000003            | 3
			scope=io.hindspan                   | 1 2 3
			pipe                                | 2
			peer                                | 2
			SocketException                     | 2
			java.net.SocketException            | 2
			Hidden                              |
			"broken PIPE"                       | 2
			b?oken*pe                           | 2
			worker                              | 3
			usr_123                             | 1
			jobs OR pipe                        | 2 3
			jobs && pipe                        |
			jobs pipe                           |
			(jobs or pipe) and duration>100ms   | 2
			service=tasks NOT service=absent    | 1 2
			service=tasks NOT service=worker    |
			service=tasks -db.system            |
			!absent jobs                        | 3
			NOT(absent) jobs                    | 3
			NOT NOT jobs service=tasks          | 1 2
			{service=worker} {db.system=*}      | 2 3
			{service=worker db.system=*}        |
			{http.route=/api/{version}/tasks}   | 1
			trace.duration>1s jobs              | 3
			trace.duration>2s jobs              |
			trace.spans=3 trace.errors:1 jobs   | 3
			trace.spans>3 jobs                  |
			root.name="POST /api/v1/tasks" jobs | 3
			root.service!=worker jobs           | 3
			trace.id=4bf9* jobs                 | 3
			4BF92F3577B34DA6A3CE929D0E0E4736 jobs | 3
			trace.duration>1s OR jobs           | 3
			*                                   | 1 2 3
			""")
	void queryFindsSpans(String query, String spans) {
		List<String> expected = (spans == null) ? List.of()
				: Arrays.stream(spans.split(" ")).map((number) -> span(Integer.parseInt(number)).id()).toList();
		assertThat(found(query)).containsExactlyElementsOf(expected);
	}

	@Test
	void conditionsOfTheTraceAloneMatchWithoutSpans() {
		for (String query : List.of("trace.duration>1s", "trace.id=" + QueriedSpan.TRACE_ID, "NOT absent",
				"-service=absent", "root.service=tasks trace.spans<4")) {
			assertThat(TraceQuery.parse(query).matches(this.trace)).as(query).isTrue();
			assertThat(found(query)).as(query).isEmpty();
		}
		assertThat(TraceQuery.parse("NOT error").matches(this.trace)).isFalse();
		assertThat(TraceQuery.parse(OTHER_TRACE).matches(this.trace)).isFalse();
	}

	@Test
	void emptyQueryMatchesEveryTrace() {
		assertThat(TraceQuery.parse("  ").matches(this.trace)).isTrue();
		assertThat(TraceQuery.parse("").matchingSpans(this.trace)).isEmpty();
		assertThat(found("jobs || pipe")).hasSize(2);
		assertThat(TraceQuery.parse(" a=b ").toString()).isEqualTo("a=b");
	}

	@Test
	void spansThatAreToldAreBounded() {
		QueriedSpan[] spans = new QueriedSpan[TraceQuery.MAX_SPANS + 10];
		for (int i = 0; i < spans.length; i++) {
			spans[i] = span(i + 1);
		}
		assertThat(TraceQuery.parse("service=tasks").matchingSpans(trace(spans))).hasSize(TraceQuery.MAX_SPANS);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			a=                        | 2  | A value is missing after '='
			a=b AND                   | 7  | A condition is missing here
			AND a=b                   | 0  | A condition is missing before 'AND'
			a=b OR OR c               | 7  | A condition is missing before 'OR'
			(a=b                      | 0  | not closed: add a ')'
			{a=b                      | 0  | not closed: add a '}'
			(a=b}                     | 4  | Here a ')' is expected
			a=b)                      | 3  | This ')' closes nothing
			()                        | 1  | A condition is missing here
			a="b                      | 2  | add a "
			a=(b OR c)                | 2  | (key=a OR key=b)
			a=>5                      | 2  | One operator follows another
			=5                        | 0  | missing before '='
			a*=5                      | 0  | A key has no wildcards
			duration>100              | 9  | such as 100ms
			duration~1s               | 9  | is a number
			trace.spans>1s            | 12 | have a unit
			http.status_code>high     | 17 | such as http.status_code>500
			http.status_code>1s       | 17 | only duration and trace.duration have a unit
			name>5                    | 5  | compare it with '=', '!='
			kind=sever                | 5  | client, consumer, internal, producer, server
			status=500                | 7  | http.status_code
			error=IOException         | 6  | error.type
			trace.duration            | 0  | missing
			trace.servce=a            | 0  | trace.duration
			NOT                       | 0  | What 'NOT' negates is missing
			- a                       | 0  | must follow at once
			a\\b                       | 1  | two of them
			""")
	void syntaxErrorSaysWhereAndWhatWouldBeRight(String query, int position, String message) {
		QuerySyntaxException thrown = catchThrowableOfType(QuerySyntaxException.class, () -> TraceQuery.parse(query));
		assertThat(thrown).as(query).isNotNull().hasMessageContaining(message);
		assertThat(thrown.position()).isEqualTo(position);
	}

	@Test
	void queryIsBounded() {
		for (String query : List.of("x".repeat(QueryParser.MAX_LENGTH + 1), "(".repeat(1000), "-".repeat(1000) + "a",
				"NOT ".repeat(900) + "a", "a ".repeat(QueryParser.MAX_CONDITIONS + 1),
				"*" + "a".repeat(GlobPattern.MAX_LENGTH), "{".repeat(1000))) {
			assertThatExceptionOfType(QuerySyntaxException.class).isThrownBy(() -> TraceQuery.parse(query));
		}
	}

	/**
	 * With a search that backtracks, or that asks a negation of each span anew, these
	 * would take hours.
	 */
	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void workIsBounded() {
		Trace repetitive = trace(span(1).with("text", "a".repeat(100_000)));
		assertThat(TraceQuery.parse("text=" + "*a?a".repeat(60) + "*b").matches(repetitive)).isFalse();
		assertThat(TraceQuery.parse("text~" + "a".repeat(255) + "b").matches(repetitive)).isFalse();
		QueriedSpan[] spans = new QueriedSpan[5000];
		for (int i = 0; i < spans.length; i++) {
			spans[i] = span(i + 1).with("number", i);
		}
		String nested = "-(number=-1 OR ".repeat(24) + "number=-2" + ")".repeat(24);
		assertThat(TraceQuery.parse(nested).matches(trace(spans))).isFalse();
	}

	@Test
	void termsAreWhatEveryMatchContains() {
		assertThat(terms("service=tasks name=\"a b\" kind=SERVER status=Error")).containsExactly("service=tasks",
				"name=a b", "kind=server", "status=error");
		assertThat(terms("http.method=POST {user.id=u1}")).containsExactly("http.method|http.request.method=POST",
				"user.id=u1");
		assertThat(terms("http.status_code=500 cache.hit=true"))
			.containsExactly("http.status_code|http.response.status_code=500", "cache.hit=true");
		assertThat(terms("4BF92F3577B34DA6A3CE929D0E0E4736")).containsExactly("trace.id=" + QueriedSpan.TRACE_ID);
		assertThat(terms("a=b OR c=d")).isEmpty();
		assertThat(terms("-a=b a!=b a=b* a~b a>5 error word db.operation duration=1s http.url=/a a=5.0 a=1e3 a=TRUE"
				+ " a=9007199254740993 \"service\"=a trace.spans=3"))
			.isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "duration:>1s a=b,1000", "{duration>=20ms} duration=10ms,20", "trace.duration>2s,2000",
			"duration<1s,0", "duration!=1s,0", "-duration>1s,0", "duration>1s OR a=b,0", "a=b,0", "'',0" })
	void minDurationIsWhatEveryMatchHas(String query, long millis) {
		assertThat(TraceQuery.parse(query).minDuration()).isEqualTo(millis * 1_000_000);
	}

	private static List<String> terms(String query) {
		List<String> terms = new ArrayList<>();
		for (TraceQuery.Term term : TraceQuery.parse(query).required()) {
			terms.add(String.join("|", term.keys()) + "=" + term.value());
		}
		return terms;
	}

	/**
	 * Random texts, most of them made of the language's own signs, and queries in which
	 * something is changed.
	 */
	@Test
	@Timeout(value = 120, unit = TimeUnit.SECONDS)
	void nothingButASyntaxErrorIsThrown() {
		Random random = new Random(20261121);
		String[] pieces = { "(", ")", "{", "}", "\"", "'", "\\", "=", "!", ">", "<", "~", ":", "*", "?", "-", " ",
				"AND", "OR", "not", "&&", "||", "a", "http.url", "duration", "1s", "500", "-1e5", ".", "trace.id",
				"error", "kind", "status", "ok", "/a/{b}?c", "://", "\0", "\uD800", "İ", "µs", "\n", "resource.",
				"span.x", "event" };
		String[] valid = { "http.method=POST duration:>1s", "(a=\"b c\" OR -d) {service=x*}",
				"name~\"a\\\"b\" NOT error", "trace.duration>1m30s root.name!=x",
				"http.url=/api/{id}?x=1 cache.hit=false" };
		int read = 0;
		for (int i = 0; i < 60_000; i++) {
			StringBuilder query = new StringBuilder();
			if (i % 2 == 0) {
				for (int length = random.nextInt(12); length >= 0; length--) {
					query.append(pieces[random.nextInt(pieces.length)]);
				}
			}
			else {
				query.append(valid[random.nextInt(valid.length)]);
				for (int changes = random.nextInt(4); changes >= 0; changes--) {
					int at = random.nextInt(query.length());
					switch (random.nextInt(3)) {
						case 0 -> query.deleteCharAt(at);
						case 1 -> query.insert(at, pieces[random.nextInt(pieces.length)]);
						default -> query.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
					}
					if (query.isEmpty()) {
						break;
					}
				}
			}
			String text = query.toString();
			try {
				TraceQuery parsed = TraceQuery.parse(text);
				boolean matches = parsed.matches(this.trace);
				assertThat(matches || parsed.matchingSpans(this.trace).isEmpty()).as(text).isTrue();
				read++;
			}
			catch (QuerySyntaxException ex) {
				assertThat(ex.position()).as(text).isBetween(0, text.length());
				assertThat(ex.getMessage()).isNotBlank();
			}
		}
		assertThat(read).isBetween(5_000, 55_000);
	}

}
