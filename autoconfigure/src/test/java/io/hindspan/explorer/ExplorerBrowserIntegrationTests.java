package io.hindspan.explorer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.sql.DataSource;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.h2.Driver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The explorer as its user has it: an application that is traced, another service that
 * sends its spans, and a browser.
 */
@EnabledIf(value = "io.hindspan.explorer.Browser#isThere",
		disabledReason = "There is no Chromium with its chromedriver on the PATH")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplorerBrowserIntegrationTests {

	private static final String ROWS = ".traces .row";

	private final HttpClient http = HttpClient.newHttpClient();

	private RunningExplorer application;

	private Browser browser;

	@BeforeAll
	void start() {
		this.application = RunningExplorer.start(WebApplicationType.SERVLET, Tasks.class,
				"--hindspan.guard.enabled=true");
		this.browser = new Browser();
	}

	@AfterAll
	void stop() {
		this.browser.close();
		this.application.close();
	}

	@BeforeEach
	void open() {
		// What the test before has made may still be on its way
		this.application.context().getBean(SdkTracerProvider.class).forceFlush().join(20, TimeUnit.SECONDS);
		this.application.store().clear();
		this.browser.complaints();
		this.browser.driver().get("about:blank");
		this.browser.driver().get(url("/hindspan"));
		this.browser.see(".empty h2");
	}

	@AfterEach
	void nothingIsWrongOrLeavesTheOrigin() {
		assertThat(this.browser.complaints()).isEmpty();
		assertThat((List<?>) this.browser.ask("performance.getEntriesByType('resource').map((entry) => entry.name)"))
			.isNotEmpty()
			.allMatch((name) -> ((String) name).startsWith(url("/hindspan/")));
	}

	@Test
	void requestIsSeenAsAWaterfall(TestReporter reporter) throws Exception {
		long begin = System.nanoTime();
		get("/tasks/2");
		this.browser.see(ROWS).click();
		this.browser.see(".wf-row");
		reporter.publishEntry("from the request to its waterfall",
				Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
		assertThat(this.browser.see("h1").getText()).isEqualTo("GET /tasks/{count}");
		assertThat(this.browser.all(".wf-row")).extracting(WebElement::getText)
			.anyMatch((text) -> text.startsWith("SELECT"));
	}

	@Test
	void linkThatIsFollowedTooEarlyShowsTheTraceWhenItComes() throws Exception {
		String id = "0af7651916cd43dd8448eb211c80319c";
		this.browser.driver().get(url("/hindspan/#/trace/" + id));
		assertThat(this.browser.see(".empty").getText()).contains("not held here");
		this.http.send(HttpRequest.newBuilder(URI.create(url("/tasks/2")))
			.header("traceparent", "00-" + id + "-b7ad6b7169203331-01")
			.build(), BodyHandlers.discarding());
		this.browser.see(".wf-row");
		assertThat(this.browser.see("h1").getText()).isEqualTo("GET /tasks/{count}");
		// That it was not found yet
		this.browser.complaints();
	}

	@Test
	void whatTracingTakesIsShownWithItsBounds() throws Exception {
		get("/tasks/2");
		this.browser.see(ROWS);
		this.browser.see("button.held").click();
		assertThat(this.browser.see("dialog.bounds").getText()).contains("Traces in memory", "64 MB",
				"hindspan.store.max-size", "Spans that wait for target 'store'", "Attributes of a span");
		assertThat(this.browser.all("dialog.bounds tr:has(meter)")).hasSizeGreaterThan(3);
		this.browser.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
		this.browser.driver().switchTo().activeElement().sendKeys("b");
		this.browser.see("dialog.bounds");
		this.browser.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
		this.browser.driver().switchTo().activeElement().sendKeys("?");
		this.browser.see("dialog p .button").click();
		this.browser.see("dialog.bounds");
		assertThat(this.browser.all("dialog")).hasSize(1);
	}

	@Test
	void repeatedStatementIsFoundAndItsSpansAreShown() throws Exception {
		get("/tasks/30");
		this.browser.see(ROWS).click();
		WebElement finding = this.browser.see(".finding");
		assertThat(finding.getText()).contains("30", "SELECT");
		assertThat(this.browser.see(".findings").getText()).contains("What to do");
	}

	@Test
	void failureIsFoundWithItsStackTraceAndLog() throws Exception {
		get("/failing");
		this.browser.see(ROWS).click();
		assertThat(this.browser.see(".finding").getText()).contains("GET /failing");
		this.browser.see(".wf-row").click();
		assertThat(this.browser.see(".detail").getText()).contains("java.lang.IllegalStateException",
				"There is no room for more tasks");
		this.browser.driver().get(this.browser.driver().getCurrentUrl().replaceAll("\\?.*", "") + "?tab=logs");
		this.browser.await("document.querySelector('main').textContent.includes('Looking for room')");
	}

	@Test
	void traceIsComparedWithWhatIsUsual() throws Exception {
		for (int i = 0; i < 5; i++) {
			get("/tasks/1");
		}
		get("/tasks/40");
		this.browser.await("document.querySelectorAll(arguments[0]).length === 6", ROWS);
		String id = this.browser.see(ROWS).getDomAttribute("data-trace");
		this.browser.driver().get(url("/hindspan/#/compare/" + id + "?with=usual"));
		assertThat(this.browser.see("h1").getText()).isEqualTo("Comparison");
		this.browser.await("document.querySelector('main').textContent.includes('5 traces')");
		this.browser.await("document.querySelector('main').textContent.includes('SELECT')");
	}

	@Test
	void otherServiceIsInTheSameTraceAndOnTheMap() throws Exception {
		String traceId = sendTrace("worker", "process", (span) -> span.setAttribute("task.id", "4711"));
		this.browser.driver().get(url("/hindspan/#/trace/" + traceId));
		assertThat(this.browser.see("h1").getText()).isEqualTo("process");
		get("/tasks/1");
		this.browser.driver().get(url("/hindspan/#/services"));
		this.browser.await("document.querySelector('main').textContent.includes('worker')"
				+ " && document.querySelector('main').textContent.includes('tasks')");
	}

	/** As the requirements have them. */
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "http.method=POST duration:>1s | slow POST", "http.status_code>=500 | server error",
					"user.id=usr_123abc | of a user", "db.operation AND duration:>100ms | slow statement",
					"cache.hit=false | cache miss", "http.url=/api/v1/tasks | of a path",
					"NOT error AND kind=consumer | message",
					"(name=\"of a user\" OR name=message) service=sibling | message; of a user" })
	void queryFindsWhatItAsksFor(String query, String expected) throws Exception {
		send("slow POST", Duration.ofSeconds(2), (span) -> span.setAttribute("http.method", "POST"));
		send("POST", Duration.ofMillis(1), (span) -> span.setAttribute("http.method", "POST"));
		send("server error", Duration.ofMillis(1), (span) -> span.setAttribute("http.response.status_code", 503));
		send("client error", Duration.ofMillis(1), (span) -> span.setAttribute("http.status_code", 404));
		send("of a user", Duration.ofMillis(1), (span) -> span.setAttribute("user.id", "usr_123abc"));
		send("slow statement", Duration.ofMillis(150), (span) -> span.setAttribute("db.operation.name", "SELECT"));
		send("statement", Duration.ofMillis(1), (span) -> span.setAttribute("db.operation", "SELECT"));
		send("cache miss", Duration.ofMillis(1),
				(span) -> span.addEvent("cache_miss", Attributes.of(AttributeKey.booleanKey("cache.hit"), false)));
		send("of a path", Duration.ofMillis(1),
				(span) -> span.setAttribute("url.full", "https://tasks.example.org/api/v1/tasks?page=2"));
		sendTrace("sibling", "message", (span) -> {
		});
		this.browser.await("document.querySelectorAll(arguments[0]).length === 10", ROWS);
		this.browser.see("#query").sendKeys(query, Keys.ENTER);
		this.browser.await(
				"[...document.querySelectorAll('.traces .row .name')].map((name) => name.textContent.replace(/\\d+$/, '')).sort()"
						+ ".join('; ') === arguments[0]",
				expected);
	}

	private String url(String path) {
		return "http://" + this.application.host() + path;
	}

	private void get(String path) throws IOException, InterruptedException {
		this.http.send(HttpRequest.newBuilder(URI.create(url(path))).build(), BodyHandlers.discarding());
	}

	private void send(String name, Duration duration, Consumer<Span> content) {
		send("sibling", name, SpanKind.SERVER, duration, content);
	}

	private String sendTrace(String service, String name, Consumer<Span> content) {
		return send(service, name, SpanKind.CONSUMER, Duration.ofMillis(1), content);
	}

	/**
	 * Sends a trace as any service does, with OpenTelemetry's own SDK and exporter.
	 */
	private String send(String service, String name, SpanKind kind, Duration duration, Consumer<Span> content) {
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service)))
			.addSpanProcessor(SimpleSpanProcessor
				.create(OtlpHttpSpanExporter.builder().setEndpoint(url("/hindspan/v1/traces")).build()))
			.build()) {
			long end = TimeUnit.MILLISECONDS.toNanos(Clock.systemUTC().millis());
			Span span = provider.get("sibling")
				.spanBuilder(name)
				.setSpanKind(kind)
				.setStartTimestamp(end - duration.toNanos(), TimeUnit.NANOSECONDS)
				.startSpan();
			content.accept(span);
			span.end(end, TimeUnit.NANOSECONDS);
			return span.getSpanContext().getTraceId();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@Import(Database.class)
	@RestController
	static class Tasks {

		private static final Logger logger = LoggerFactory.getLogger(Tasks.class);

		private final JdbcTemplate jdbc;

		Tasks(DataSource dataSource) {
			this.jdbc = new JdbcTemplate(dataSource);
			this.jdbc.execute("CREATE TABLE IF NOT EXISTS tasks (id INT PRIMARY KEY, title VARCHAR(80))");
		}

		@GetMapping("/tasks/{count}")
		String tasks(@PathVariable int count) {
			for (int i = 0; i < count; i++) {
				this.jdbc.queryForList("SELECT title FROM tasks WHERE id = ?", i);
			}
			return "tasks";
		}

		@GetMapping("/failing")
		String failing() {
			logger.info("Looking for room");
			throw new IllegalStateException("There is no room for more tasks");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Database {

		@Bean
		DataSource dataSource() {
			return new SimpleDriverDataSource(new Driver(), "jdbc:h2:mem:explorer;DB_CLOSE_DELAY=-1");
		}

	}

}
