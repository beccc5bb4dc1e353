package io.hindspan.explorer;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.Select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * The explorer's page in a browser.
 */
@EnabledIf(value = "io.hindspan.explorer.Browser#isThere",
		disabledReason = "There is no Chromium with its chromedriver on the PATH")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplorerPageIntegrationTests {

	private static final String ROWS = ".traces .row";

	private final TaskTraces made = new TaskTraces();

	private final long now = Clock.systemUTC().millis() * 1000;

	private final TraceFixture slow = this.made.slowList(this.now - 5_000_000);

	private final TraceFixture failed = this.made.failing(this.now - 4_000_000);

	private final TraceFixture created = this.made.created(this.now - 3_000_000, 3);

	private final TraceFixture usual = this.made.created(this.now - 90_000_000, 1);

	private final TraceFixture hostile = this.made.hostile(this.now - 700_000_000);

	private final TraceFixture large = this.made.large(this.now - 720_000_000, 10_000);

	private PageServer server;

	private Browser browser;

	@BeforeAll
	void startBrowser() {
		this.browser = new Browser();
	}

	@AfterAll
	void stopBrowser() {
		this.browser.close();
	}

	@BeforeEach
	void startServer() {
		this.server = new PageServer(0, "");
		this.server.traces().addAll(new TaskTraces().all(this.now - 10_000_000));
		this.server.traces()
			.addAll(List.of(this.large, this.hostile, this.usual, this.slow, this.failed, this.created));
		this.browser.size(1440, 900);
		this.browser.dark(false);
		this.browser.complaints();
	}

	@AfterEach
	void stopServer() {
		this.browser.driver().get("about:blank");
		this.server.close();
	}

	@Test
	void listsTracesWithTheNewestFirst() {
		open("");
		WebElement first = this.browser.see(ROWS);
		assertThat(first.getText()).contains("POST /api/v1/tasks", "taskmanager-api", "taskmanager-worker",
				"taskmanager-notifier", "140 ms", "20", "201");
		assertThat(first.getDomAttribute("href")).isEqualTo("#/trace/" + this.created.id());
		assertThat(this.browser.all(ROWS)).hasSize(50);
		assertThat(this.browser.see(".total").getText()).isEqualTo(this.server.traces().size() + " traces");
		assertThat(this.browser.see(".traces li:nth-child(2)").getText()).contains("failed", "500", "38 ms");
	}

	@Test
	void loadsMoreTracesWhenTheListEnds() {
		open("");
		assertThat(this.browser.all(ROWS)).hasSize(50);
		this.browser.ask("document.querySelector('.load-more').scrollIntoView()");
		this.browser.await("document.querySelectorAll(arguments[0]).length === arguments[1]", ROWS,
				this.server.traces().size());
		assertThat(this.browser.see(".load-more:not([hidden]), main").getTagName()).isEqualTo("main");
	}

	@Test
	void searchesAndGoesBack() {
		open("");
		int all = this.browser.all(ROWS).size();
		type("service=taskmanager-worker" + Keys.ENTER);
		this.browser.await("location.hash === '#/?q=service%3Dtaskmanager-worker'");
		this.browser.await("document.querySelectorAll(arguments[0]).length < arguments[1]", ROWS, all);
		assertThat(this.browser.all(ROWS))
			.allSatisfy((row) -> assertThat(row.getText()).contains("taskmanager-worker"));
		assertThat(this.browser.see("select[aria-label=Service]").getDomProperty("value"))
			.isEqualTo("taskmanager-worker");
		this.browser.driver().navigate().back();
		this.browser.await("document.querySelectorAll(arguments[0]).length === arguments[1]", ROWS, all);
		assertThat(this.browser.see("#query").getDomProperty("value")).isEmpty();
	}

	@Test
	void showsWhereAQueryIsWrong() {
		open("");
		type("name=\"POST" + Keys.ENTER);
		assertThat(this.browser.see(".query-error").getText()).contains("a quote is missing");
		assertThat(this.browser.see(".query-error mark").getText()).isEqualTo("\"");
		WebElement input = this.browser.see("#query");
		assertThat(input.getDomAttribute("aria-invalid")).isEqualTo("true");
		assertThat(input.getDomProperty("selectionStart")).isEqualTo("5");
		assertThat(this.browser.all(ROWS)).isNotEmpty();
		assertThat(this.browser.driver().findElement(By.className("total")).isDisplayed()).isFalse();
		input.sendKeys(Keys.END, "\"", Keys.ENTER);
		this.browser.await("document.querySelector('.query-error').hidden");
		assertThat(this.browser.driver().findElement(By.className("total")).isDisplayed()).isTrue();
	}

	@Test
	void suggestsFieldsAndValues() {
		open("");
		type("http.response");
		this.browser.await("document.querySelectorAll('#suggestions li').length === 1");
		WebElement input = this.browser.see("#query");
		input.sendKeys(Keys.ARROW_DOWN, Keys.ENTER);
		assertThat(input.getDomProperty("value")).isEqualTo("http.response.status_code=");
		this.browser.await(
				"[...document.querySelectorAll('#suggestions li')].some((item) => item.textContent.startsWith('503'))");
		assertThat(input.getDomAttribute("aria-expanded")).isEqualTo("true");
		input.sendKeys(Keys.ARROW_UP);
		String active = input.getDomAttribute("aria-activedescendant");
		assertThat(this.browser.see("#" + active).getDomAttribute("aria-selected")).isEqualTo("true");
		input.sendKeys(Keys.ENTER);
		this.browser.await("location.hash.includes('http.response.status_code%3D503')");
	}

	@Test
	void filtersByOneClick() {
		open("");
		this.browser.see(".chip").click();
		this.browser.await("location.hash.includes('trace.errors')");
		this.browser.await("document.querySelectorAll('.cell.errors:not(.some)').length === 0");
		assertThat(this.browser.see(".chip").getDomAttribute("aria-pressed")).isEqualTo("true");
		this.browser.see(".chip").click();
		this.browser.await("document.querySelectorAll('.cell.errors:not(.some)').length > 0");
		assertThat((String) this.browser.ask("location.hash")).isEqualTo("#/");
	}

	@Test
	void sortsByAColumn() {
		open("");
		named("Sort by duration").click();
		this.browser.await("location.hash === '#/?sort=duration'");
		this.browser.await("document.querySelector('.traces .row').dataset.trace === arguments[0]", this.large.id());
		this.browser.see("[data-sort=duration]").click();
		this.browser.await("location.hash === '#/?sort=duration&order=asc'");
		this.browser.await("document.querySelector('.traces .row').dataset.trace !== arguments[0]", this.large.id());
	}

	@Test
	void choosesARangeOfDurations() {
		open("");
		List<WebElement> bars = this.browser.all(".bars .bar");
		new Actions(this.browser.driver()).clickAndHold(bars.get(6)).moveToElement(bars.get(8)).release().perform();
		this.browser.await("document.querySelector('#query').value === 'trace.duration>=100ms trace.duration<1s'");
		this.browser.await("document.querySelectorAll(arguments[0]).length < 50", ROWS);
		bars.get(7).sendKeys(Keys.ENTER);
		this.browser.await("document.querySelector('#query').value === 'trace.duration>=200ms trace.duration<500ms'");
		click("Any duration");
		this.browser.await("document.querySelector('#query').value === ''");
	}

	@Test
	void showsNewTracesAndKeepsThePlaceAndTheFocus() {
		open("");
		WebElement focused = this.browser.all(ROWS).get(20);
		this.browser.ask(
				"(arguments[0].scrollIntoView({ block: 'center' }), arguments[0].focus({ preventScroll: true }))",
				focused);
		Number top = (Number) this.browser.ask("arguments[0].getBoundingClientRect().top", focused);
		TraceFixture arrived = this.made.read(this.now, true);
		this.server.traces().add(arrived);
		this.browser.await("document.querySelector('.traces .row').dataset.trace === arguments[0]", arrived.id());
		assertThat(this.browser.driver().switchTo().activeElement()).isEqualTo(focused);
		Number after = (Number) this.browser.ask("arguments[0].getBoundingClientRect().top", focused);
		assertThat(after.doubleValue()).isCloseTo(top.doubleValue(), within(2.0));
		this.browser.await("document.getElementById('announcer').textContent === '1 new trace'");
	}

	@Test
	void showsNewTracesWhereSearchesTakeLongerThanUntilTheNextQuestion() {
		open("");
		this.server.late(Duration.ofMillis(2_500));
		TraceFixture arrived = this.made.read(this.now, true);
		this.server.traces().add(arrived);
		this.browser.await("document.querySelector('.traces .row').dataset.trace === arguments[0]", arrived.id());
	}

	@Test
	void pausesAndGoesOn() {
		open("");
		String first = this.browser.see(ROWS).getDomAttribute("data-trace");
		press("p");
		this.browser.await("document.querySelector('.live').textContent === 'Paused'");
		this.server.traces().add(this.made.read(this.now, true));
		int polls = this.server.polls();
		await().until(() -> this.server.polls() > polls + 1);
		assertThat(this.browser.see(ROWS).getDomAttribute("data-trace")).isEqualTo(first);
		press("p");
		this.browser.await("document.querySelector('.traces .row').dataset.trace !== arguments[0]", first);
	}

	@Test
	void saysThatTheConnectionIsLostAndBack() {
		open("");
		int rows = this.browser.all(ROWS).size();
		this.server.fail(true);
		assertThat(this.browser.see(".notice").getText()).startsWith("Connection lost");
		assertThat(this.browser.see(".live").getText()).isEqualTo("Offline");
		assertThat(this.browser.all(ROWS)).hasSize(rows);
		this.server.fail(false);
		this.browser.await("document.querySelector('.notice').hidden");
		this.browser.await("document.querySelector('.live').textContent === 'Live'");
	}

	@Test
	void showsWhatCouldNotBeReadOnceTheConnectionIsBack() {
		for (String view : List.of("#/trace/" + this.created.id(),
				"#/compare/" + this.created.id() + "?with=" + this.usual.id())) {
			open("");
			this.browser.see(ROWS);
			this.server.fail(true);
			this.browser.see(".notice");
			this.browser.ask("location.hash = arguments[0]", view);
			assertThat(this.browser.see("#view .empty").getText()).contains("could not be");
			this.server.fail(false);
			assertThat(this.browser.see(".wf-row, .compare-row:not(.compare-columns)").getText())
				.startsWith("POST /api/v1/tasks");
		}
	}

	@Test
	void tellsWhatToDoWhereThereIsNoTrace() {
		this.server.clear();
		this.browser.driver().get(this.server.url());
		assertThat(this.browser.see(".empty").getText()).contains("Waiting for the first trace",
				"management.opentelemetry.tracing.export.otlp.endpoint=" + this.server.url() + "v1/traces");
		this.server.traces().add(this.created);
		this.browser.see(ROWS);
		type("name=nothing" + Keys.ENTER);
		this.browser.await("document.querySelector('.empty h2').textContent === 'No trace matches'");
		click("Show all traces");
		this.browser.see(ROWS);
	}

	@Test
	void forgetsTracesWhenItIsConfirmed() {
		open("");
		named("Forget all traces").click();
		assertThat(this.browser.see("dialog").getText()).contains("cannot be undone");
		click("Forget all");
		this.browser.await("document.querySelector('.empty h2')?.textContent === 'Waiting for the first trace'");
		assertThat(this.server.traces()).isEmpty();
	}

	@Test
	void drawsTheWaterfall() {
		open("#/trace/" + this.created.id());
		assertThat(this.browser.see("h1").getText()).isEqualTo("POST /api/v1/tasks");
		assertThat(this.browser.see(".trace-head .facts").getText()).contains("140 ms", "20", "taskmanager-worker");
		List<WebElement> rows = this.browser.all(".wf-row");
		assertThat(rows).hasSize(20);
		assertThat(rows).extracting((row) -> row.getDomAttribute("aria-level")).startsWith("1", "2", "3", "2", "3");
		assertThat(rows).extracting((row) -> row.getDomAttribute("aria-rowindex")).startsWith("2", "3", "4");
		assertThat(rows.get(0).getDomAttribute("aria-expanded")).isEqualTo("true");
		assertThat(rows.get(2).getDomAttribute("aria-expanded")).isNull();
		assertThat(rows.get(2).getText()).startsWith("GET").contains("redis");
		Map<String, Object> span = this.created.spans().get(4);
		assertThat(rows.get(4).getText()).startsWith((String) span.get("name"));
		double left = ((Number) this.browser.ask("parseFloat(arguments[0].querySelector('.wf-bar').style.left)",
				rows.get(4)))
			.doubleValue();
		double width = ((Number) this.browser.ask("parseFloat(arguments[0].querySelector('.wf-bar').style.width)",
				rows.get(4)))
			.doubleValue();
		assertThat(left).isCloseTo(100.0 * (long) span.get("start") / this.created.duration(), within(0.01));
		assertThat(width).isCloseTo(100.0 * (long) span.get("duration") / this.created.duration(), within(0.01));
		assertThat(rows.get(4).findElements(By.className("wf-critical"))).hasSize(1);
		assertThat(rows.get(3).findElements(By.className("wf-tick"))).hasSize(1);
		click("Critical path");
		assertThat(this.browser.all(".wf-critical")).isEmpty();
	}

	@Test
	void marksFailedSpans() {
		open("#/trace/" + this.failed.id());
		this.browser.see(".wf-row");
		assertThat(this.browser.all(".wf-row.bad")).hasSize(3)
			.allSatisfy(
					(row) -> assertThat((String) this.browser.ask("arguments[0].textContent", row)).contains("failed"));
	}

	@Test
	void collapsesAndExpands() {
		open("#/trace/" + this.created.id());
		this.browser.see(".wf-row[aria-level='2'] button.fold").click();
		assertThat(this.browser.all(".wf-row")).hasSize(19);
		assertThat(this.browser.see(".wf-row[aria-expanded=false]").getText()).contains("authorize_request", "+1");
		this.browser.see(".wf-row[aria-expanded=false] button.fold").click();
		assertThat(this.browser.all(".wf-row")).hasSize(20);
		named("Collapse all").click();
		assertThat(this.browser.all(".wf-row")).hasSize(3);
		assertThat(this.browser.see(".wf-grid").getDomAttribute("aria-rowcount")).isEqualTo("4");
		named("Expand all").click();
		assertThat(this.browser.all(".wf-row")).hasSize(20);
	}

	@Test
	void walksTheTreeWithTheKeyboard() {
		open("#/trace/" + this.created.id());
		this.browser.see(".wf-row");
		press("j", "j");
		assertThat(active()).startsWith("authorize_request");
		press(Keys.ARROW_LEFT);
		assertThat(this.browser.all(".wf-row")).hasSize(19);
		press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
		assertThat(active()).startsWith("GET");
		press(Keys.ARROW_LEFT);
		assertThat(active()).startsWith("authorize_request");
		press(Keys.END);
		assertThat(active()).startsWith("notifications process");
		press("k", Keys.HOME);
		assertThat(active()).startsWith("POST /api/v1/tasks");
		press(Keys.ENTER);
		assertThat(this.browser.see(".detail h2").getText()).isEqualTo("POST /api/v1/tasks");
		press(Keys.ESCAPE);
		this.browser.await("document.querySelector('.detail').hidden");
		press(Keys.ESCAPE);
		this.browser.await("location.hash === '#/'");
		this.browser.see(ROWS);
	}

	@Test
	void looksCloserAtAPartOfTheTime() {
		open("#/trace/" + this.created.id());
		WebElement overview = this.browser.see(".overview");
		int width = overview.getSize().getWidth();
		new Actions(this.browser.driver()).moveToElement(overview, -width / 4, 0)
			.clickAndHold()
			.moveToElement(overview, 0, 0)
			.release()
			.perform();
		this.browser.await("document.querySelector('.ruler').firstChild.textContent !== '0'");
		double quarter = 0.25 * this.created.duration() / 1e6;
		String first = this.browser.see(".ruler span").getText();
		assertThat(first).endsWith(" ms");
		assertThat(Double.parseDouble(first.substring(0, first.length() - 3))).isBetween(quarter - 1, 2 * quarter);
		assertThat(this.browser.see(".lens").getSize().getWidth()).isCloseTo(width / 4, within(6));
		click("All of the time");
		this.browser.await("document.querySelector('.ruler').firstChild.textContent === '0'");
		WebElement divider = this.browser.see(".divider");
		int before = this.browser.see(".wf-name").getSize().getWidth();
		divider.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
		assertThat(this.browser.see(".wf-name").getSize().getWidth()).isGreaterThan(before);
		assertThat(divider.getDomAttribute("aria-valuenow")).isEqualTo("44");
	}

	@Test
	void takesInSpansThatComeLate() {
		TraceFixture young = this.made.failing(Clock.systemUTC().millis() * 1000);
		this.server.traces().add(young);
		open("#/trace/" + young.id());
		this.browser.see(".wf-row[aria-level='2'] button.fold").click();
		int rows = this.browser.all(".wf-row").size();
		assertThat(rows).isEqualTo(3);
		young.span((String) young.spans().get(0).get("spanId"), "taskmanager-worker", "CONSUMER", "task-events process",
				40_000, 3_000);
		this.server.changed();
		this.browser.await("document.querySelectorAll('.wf-row').length === 4");
		assertThat(this.browser.see(".trace-head .facts").getText()).contains("43 ms", "taskmanager-worker");
	}

	@Test
	void exportsATrace() {
		open("#/trace/" + this.created.id());
		this.browser.driver()
			.executeCdpCommand("Browser.grantPermissions",
					Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
		click("Export");
		assertThat(this.browser.see("a[role=menuitem]").getDomProperty("href"))
			.isEqualTo(this.server.url() + "api/traces/" + this.created.id() + "/otlp");
		press(Keys.ARROW_DOWN, Keys.ENTER);
		this.browser.await("document.querySelector('.toast')?.textContent === 'Copied the trace as OTLP'");
		assertThat(
				(String) this.browser.driver().executeAsyncScript("navigator.clipboard.readText().then(arguments[0])"))
			.startsWith("{\"resourceSpans\":[")
			.contains("INSERT tasks");
		click("Export");
		press(Keys.ENTER);
		this.browser.await("document.querySelector('.toast')?.textContent === 'Copied the trace as JSON'");
		assertThat(
				(String) this.browser.driver().executeAsyncScript("navigator.clipboard.readText().then(arguments[0])"))
			.contains("\"traceId\": \"" + this.created.id() + "\"");
	}

	@Test
	void movesNothingForThoseWhoWishSo() {
		this.browser.driver()
			.executeCdpCommand("Emulation.setEmulatedMedia",
					Map.of("features", List.of(Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
		open("");
		this.browser.await("document.querySelector('.live[data-state=live]')");
		assertThat(this.browser.ask("getComputedStyle(document.querySelector('.pulse')).animationName"))
			.isEqualTo("none");
	}

	@Test
	void findsWithinATrace() {
		open("#/trace/" + this.created.id());
		this.browser.see(".wf-row");
		press("/");
		WebElement find = this.browser.driver().switchTo().activeElement();
		assertThat(find.getDomAttribute("aria-label")).isEqualTo("Find in this trace");
		find.sendKeys("db.operation.name=select");
		assertThat(this.browser.see(".find-count").getText()).isEqualTo("3 matches");
		assertThat(this.browser.all(".wf-row.match")).hasSize(3);
		find.sendKeys(Keys.ENTER);
		assertThat(this.browser.see(".find-count").getText()).isEqualTo("1 of 3");
		assertThat(this.browser.see(".current-match").getText()).startsWith("SELECT projects");
		named("Collapse all").click();
		named("Next match").click();
		assertThat(this.browser.see(".current-match").getText()).startsWith("SELECT users");
		find.sendKeys(Keys.chord(Keys.SHIFT, Keys.ENTER));
		assertThat(this.browser.see(".find-count").getText()).isEqualTo("1 of 3");
	}

	@Test
	void marksTheSpansThatWereSearchedFor() {
		open("#/?q=service%3Dtaskmanager-worker");
		this.browser.see(".row[data-trace='" + this.created.id() + "']").click();
		assertThat(this.browser.see(".find-count").getText()).isEqualTo("5 searched for");
		assertThat(this.browser.all(".wf-row.match")).hasSize(5)
			.allSatisfy((row) -> assertThat(row.findElement(By.className("span-name")).getDomAttribute("title"))
				.endsWith("taskmanager-worker"));
		press("n", "n");
		assertThat(this.browser.see(".find-count").getText()).isEqualTo("2 of 5");
		assertThat(this.browser.see(".current-match").getText()).startsWith("TaskIndex.update");
		this.browser.see(".find-input").sendKeys("INCR");
		assertThat(this.browser.all(".wf-row.match")).hasSize(1);
	}

	@Test
	void showsASpan() {
		String insert = (String) this.failed.spans()
			.stream()
			.filter((span) -> span.get("name").equals("INSERT tasks"))
			.findFirst()
			.orElseThrow()
			.get("spanId");
		open("#/trace/" + this.failed.id() + "?span=" + insert);
		WebElement detail = this.browser.see(".detail");
		assertThat(detail.getText()).contains("INSERT tasks", "24.3 ms", "64 %", "DataIntegrityViolationException",
				"db.query.text", "INSERT INTO tasks (title, project_id) VALUES (?, ?)", "CreateTaskUseCase.java:58");
		assertThat(this.browser.see(".wf-row[aria-selected=true]").getText()).contains("INSERT tasks");
		assertThat(detail.getText()).doesNotContain("DispatcherServlet");
		List<WebElement> folded = this.browser.all(".detail .frames");
		assertThat(folded).hasSize(4);
		folded.get(2).click();
		assertThat(this.browser.see(".detail").getText()).contains("DispatcherServlet");
		this.browser.see(".detail input[type=search]").sendKeys("status_code");
		assertThat(this.browser.all(".section-head + div .attribute")).hasSize(1);
		named("Search for traces with this db.response.status_code").click();
		this.browser.await("document.querySelector('#query').value === 'db.response.status_code=23505'");
	}

	@Test
	void showsLinksAndTheResource() {
		String root = (String) this.failed.spans().get(0).get("spanId");
		open("#/trace/" + this.failed.id() + "?span=" + root);
		assertThat(this.browser.see(".span-link").getText()).contains("4bf92f3577b34da6a3ce929d0e0e4736",
				"not held here", "producer");
		this.browser.see(".detail-content > details > summary").click();
		assertThat(this.browser.see(".detail").getText()).contains(root, "service.instance.id", "taskmanager-api-1");
	}

	@Test
	void putsFindingsFirstAndShowsTheirSpans() {
		open("#/trace/" + this.slow.id());
		WebElement findings = this.browser.see(".findings");
		assertThat(findings.getText()).contains("2 things stand out", "SELECT users ran 40 times", "N+1 queries",
				"What to do", "JOIN FETCH");
		assertThat(findings.getLocation().getY()).isLessThan(this.browser.see(".wf-grid").getLocation().getY());
		this.browser.see(".finding-button").click();
		this.browser.await("document.querySelectorAll('.wf-row.lit').length > 0");
		assertThat(this.browser.all(".wf-row.lit"))
			.allSatisfy((row) -> assertThat(row.getText()).startsWith("SELECT users"));
		assertThat(this.browser.see(".wf-row.dim").getText()).doesNotStartWith("SELECT users");
		assertThat(this.browser.see(".finding-button").getDomAttribute("aria-pressed")).isEqualTo("true");
		press(Keys.ESCAPE);
		assertThat(this.browser.all(".wf-row.lit, .wf-row.dim")).isEmpty();
	}

	@Test
	void saysThatSpansFailedWhereTheTraceDidNot() {
		TraceFixture handled = this.made.read(this.now, false);
		this.server.traces().add(handled.fail((String) handled.spans().get(1).get("spanId"), "no connection"));
		open("#/trace/" + handled.id());
		assertThat(this.browser.see(".findings").getText())
			.isEqualTo("Nothing stands out in this trace: 1 span failed, but not the trace as a whole.");
		TraceFixture sound = this.made.read(this.now, false);
		this.server.traces().add(sound);
		open("#/trace/" + sound.id());
		assertThat(this.browser.see(".findings").getText()).isEqualTo("Nothing stands out in this trace.");
	}

	@Test
	void saysWhoseLogsAreMissing() {
		TraceFixture own = this.made.read(this.now, false);
		TraceFixture shared = this.made.read(this.now, false);
		shared.span((String) shared.spans().get(0).get("spanId"), "taskmanager-worker", "INTERNAL", "index", 100, 100);
		this.server.traces().addAll(List.of(own, shared));
		open("#/trace/" + own.id() + "?tab=logs");
		assertThat(this.browser.see(".log-list").getText())
			.isEqualTo("taskmanager-api logged nothing within this trace.");
		open("#/trace/" + shared.id() + "?tab=logs");
		assertThat(this.browser.see(".log-list").getText())
			.isEqualTo("taskmanager-api logged nothing within this trace."
					+ " What other services logged is not captured here.");
	}

	@Test
	void givesAServiceTheSameColourInEveryView() {
		TraceFixture trace = this.made.read(this.now, false);
		trace.span((String) trace.spans().get(0).get("spanId"), "taskmanager-worker", "INTERNAL", "index", 100, 100);
		this.server.traces().add(trace);
		open("#/trace/" + trace.id());
		String colour = this.browser.see(".fact-services .service:nth-child(2) .dot").getDomAttribute("class");
		this.browser.driver().get("about:blank");
		open("#/services");
		this.browser.see("tbody .dot");
		assertThat(this.browser.all("tbody tr:has(.dot)"))
			.filteredOn((row) -> row.getText().startsWith("taskmanager-worker"))
			.singleElement()
			.satisfies((row) -> assertThat(row.findElement(By.className("dot")).getDomAttribute("class"))
				.isEqualTo(colour));
	}

	@Test
	void showsTheLogsOfATraceAndOfASpan() {
		open("#/trace/" + this.created.id() + "?tab=logs");
		this.browser.await("document.querySelectorAll('.logs .log').length === 4");
		assertThat(this.browser.see(".logs").getText()).contains("WARN", "HikariPool", "7 threads are waiting");
		new Select(this.browser.see(".logs select")).selectByValue("WARN");
		assertThat(this.browser.all(".logs .log")).hasSize(1);
		this.browser.see(".logs .log-span").click();
		assertThat(this.browser.see(".detail").getText()).contains("db.connection.acquire", "7 threads are waiting");
		assertThat(this.browser.see(".wf-row[aria-selected=true]").getText()).startsWith("db.connection.acquire");
	}

	@Test
	void comparesWithAnotherTraceAndWithTheUsual() {
		open("#/compare/" + this.created.id() + "?with=" + this.usual.id());
		assertThat(this.browser.see(".sides").getText()).contains("Before", "After", "98.3 ms", "140 ms");
		assertThat(this.browser.all(".compare-row")).hasSize(21);
		assertThat(this.browser.see(".change-grown .badge").getText()).isEqualTo("slower");
		click("Only differences");
		assertThat(this.browser.all(".compare-row")).hasSizeLessThan(10);
		assertThat(this.browser.see(".compare-table").getText()).contains("db.connection.acquire")
			.doesNotContain("SELECT projects");
		click("Swap");
		this.browser.await("document.querySelector('.change-shrunk .badge')");
		open("#/trace/" + this.created.id());
		click("Compare");
		click("With what is usual for it");
		this.browser.await("location.hash.endsWith('?with=usual')");
		assertThat(this.browser.see(".sides").getText()).contains("Usual: median of 12 traces");
		this.browser.driver().navigate().back();
		click("Compare");
		click("With another trace …");
		this.browser.see("dialog .choice").click();
		this.browser.await("/with=[0-9a-f]{32}$/.test(location.hash)");
		open("#/compare/" + this.hostile.id() + "?with=usual");
		assertThat(this.browser.see(".empty").getText()).contains("nothing to compare with");
	}

	@Test
	void drawsTheMapOfServices() {
		open("#/services");
		this.browser.see(".map");
		assertThat(this.browser.all(".map .node")).hasSize(6);
		assertThat(this.browser.see("caption").getText()).isEqualTo("Services, last 15 minutes");
		assertThat(this.browser.all(".map .edge")).hasSize(8);
		assertThat(this.browser.see(".edge[aria-label*='postgresql']").getDomAttribute("aria-label"))
			.isEqualTo("taskmanager-api calls postgresql (database): 4.68/s, p95 310 ms, 9 errors");
		String drawing = (String) this.browser.ask("document.querySelector('.map').outerHTML");
		this.browser.driver().navigate().refresh();
		this.browser.see(".map");
		assertThat((String) this.browser.ask("document.querySelector('.map').outerHTML")).isEqualTo(drawing);
		assertThat(overlaps(".map .node-box")).as("boxes that lie on each other").isZero();
		assertThat(overlaps(".map .edge-text")).as("labels that lie on each other").isZero();
		this.browser.see(".node[aria-label^=taskmanager-worker]").click();
		this.browser.await("document.querySelector('#query').value === 'service=taskmanager-worker'");
		this.browser.driver().navigate().back();
		this.browser.see(".edge[aria-label^='taskmanager-api calls taskmanager-worker']").sendKeys(Keys.ENTER);
		this.browser.await(
				"document.querySelector('#query').value === '{service=taskmanager-api} {service=taskmanager-worker}'");
	}

	@Test
	void isUsedWithoutAMouse() {
		open("");
		press("j", "j");
		assertThat(this.browser.driver().switchTo().activeElement().getDomAttribute("data-trace"))
			.isEqualTo(this.failed.id());
		press("k", Keys.ARROW_DOWN, Keys.ENTER);
		this.browser.await("location.hash.startsWith('#/trace/' + arguments[0])", this.failed.id());
		this.browser.see(".wf-row");
		this.browser.driver()
			.executeCdpCommand("Browser.grantPermissions",
					Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
		press("c");
		this.browser.await("document.querySelector('.toast')?.textContent === 'Copied the trace id'");
		assertThat(this.browser.driver().executeAsyncScript("navigator.clipboard.readText().then(arguments[0])"))
			.isEqualTo(this.failed.id());
		press(Keys.ESCAPE);
		this.browser.await("location.hash === '#/'");
		assertThat(this.browser.driver().switchTo().activeElement().getDomAttribute("data-trace"))
			.isEqualTo(this.failed.id());
		press("?");
		assertThat(this.browser.see("dialog").getText()).contains("Next trace or span", "Copy the id");
		press(Keys.ESCAPE);
		this.browser.await("!document.querySelector('dialog')");
		press("/");
		assertThat(this.browser.driver().switchTo().activeElement().getDomAttribute("id")).isEqualTo("query");
	}

	@Test
	void followsDeepLinks() {
		String span = (String) this.large.spans().get(7_777).get("spanId");
		open("#/trace/" + this.large.id() + "?span=" + span);
		this.browser.see(".detail");
		assertThat(this.browser.see(".wf-row[data-span='" + span + "']").getDomAttribute("aria-selected"))
			.isEqualTo("true");
		open("#/?q=service%3Dtaskmanager-worker&sort=spans");
		assertThat(this.browser.see("#query").getDomProperty("value")).isEqualTo("service=taskmanager-worker");
		assertThat(this.browser.see(ROWS).getDomAttribute("data-trace")).isEqualTo(this.large.id());
		open("#/trace/0123456789abcdef0123456789abcdef");
		assertThat(this.browser.see(".empty").getText()).contains("not held here", "evicted");
		open("#/trace/tasks");
		assertThat(this.browser.see(".empty").getText()).contains("not held here", "32 hexadecimal digits");
		this.browser.complaints();
	}

	@Test
	void worksBeneathAContextPath() {
		try (PageServer other = new PageServer(0, "/tasks/app")) {
			other.traces().add(this.created);
			this.browser.driver().get(other.url().replaceAll("/$", ""));
			this.browser.see(ROWS).click();
			this.browser.see(".wf-row");
			assertThat((String) this.browser.ask("location.pathname")).isEqualTo("/tasks/app/hindspan/");
			this.browser.driver().get("about:blank");
		}
	}

	@Test
	void showsHostileValuesAsText() {
		open("");
		this.browser.ask("document.querySelector('.load-more').scrollIntoView()");
		this.browser.await("document.querySelector('.traces').textContent.includes('<script>')");
		open("#/trace/" + this.hostile.id() + "?span=" + this.hostile.spans().get(0).get("spanId"));
		this.browser.await("document.querySelector('.logs').textContent.includes('<script>')");
		assertThat(this.browser.see("h1").getText()).isEqualTo(TaskTraces.HOSTILE);
		String detail = this.browser.see(".detail").getText();
		assertThat(detail).contains(TaskTraces.HOSTILE, "javascript:window.stolen=1", "userU+202Egpj.exe", "__proto__",
				"polluted", "{\"inner\":\"<img", "Show all 977 KB", "Show all 9.77 KB");
		assertThat(this.browser.see(".invisible").getText()).isEqualTo("U+202E");
		click("Show all 977 KB");
		this.browser
			.await("[...document.querySelectorAll('.value')].some((value) => value.textContent.length === 1000000)");
		named("Search for traces with this quotes").click();
		this.browser.await("document.querySelector('#query').value === 'quotes=\"\\\\\"\\' AND status=\\\\\\\\\"'");
		open("#/trace/" + this.hostile.id() + "?tab=logs");
		this.browser.see(".log");
		open("#/services");
		this.browser.see(".map");
		assertThat(this.browser.ask("window.stolen === undefined && ({}).polluted === undefined")).isEqualTo(true);
		assertThat(this.browser
			.ask("document.querySelectorAll('main script, main img[src=x], [onerror], a[href^=javascript]').length"))
			.isEqualTo(0L);
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void staysSwiftWithThousandsOfSpans(TestReporter reporter) {
		long begun = System.nanoTime();
		open("#/trace/" + this.large.id());
		this.browser.see(".wf-row");
		report(reporter, "opened", begun);
		assertThat(this.browser.all(".wf-row")).hasSizeLessThan(80);
		assertThat(this.browser.see(".wf-grid").getDomAttribute("aria-rowcount")).isEqualTo("10001");
		begun = System.nanoTime();
		this.browser.ask("document.querySelector('main').scrollTop = 1e9");
		this.browser.await("document.querySelector('.wf-row[aria-rowindex=\"10001\"]')");
		report(reporter, "scrolled to the end", begun);
		assertThat(this.browser.all(".wf-row")).hasSizeLessThan(80);
		begun = System.nanoTime();
		named("Collapse all").click();
		this.browser.await("document.querySelector('.wf-grid').getAttribute('aria-rowcount') === '202'");
		report(reporter, "collapsed", begun);
		named("Expand all").click();
		begun = System.nanoTime();
		this.browser.see(".find-input").sendKeys("task.id=4242");
		this.browser.await("document.querySelector('.find-count').textContent === '1 match'");
		report(reporter, "searched", begun);
		this.browser.see(".find-input").sendKeys(Keys.ENTER);
		this.browser.see(".current-match");
		assertThat(this.browser.all(".wf-row")).hasSizeLessThan(80);
		Object frames = this.browser.driver().executeAsyncScript("""
				const done = arguments[arguments.length - 1];
				const main = document.querySelector('main');
				const times = [];
				let at = 0;
				let last = performance.now();
				const step = () => {
					const now = performance.now();
					times.push(now - last);
					last = now;
					main.scrollTop = at += 700;
					times.length < 60 ? requestAnimationFrame(step) : done(times.sort((a, b) => a - b)[57]);
				};
				requestAnimationFrame(step);
				""");
		reporter.publishEntry("95 % of frames while scrolling, ms", String.valueOf(frames));
	}

	@Test
	void asksNobodyButTheApplication() {
		for (String view : views()) {
			this.browser.driver().get("about:blank");
			open(view);
			this.browser.await("document.querySelector('.live[data-state=live]')");
			@SuppressWarnings("unchecked")
			List<String> asked = (List<String>) this.browser
				.ask("performance.getEntriesByType('resource').map((entry) => entry.name)");
			assertThat(asked).hasSizeGreaterThan(10)
				.allSatisfy((name) -> assertThat(name).startsWith(this.server.url()));
		}
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void remembersTheTheme() {
		open("");
		Object light = this.browser.ask("getComputedStyle(document.body).backgroundColor");
		named("Light or dark").click();
		Object dark = this.browser.ask("getComputedStyle(document.body).backgroundColor");
		assertThat(dark).isNotEqualTo(light);
		this.browser.driver().navigate().refresh();
		this.browser.see(ROWS);
		assertThat(this.browser.ask("getComputedStyle(document.body).backgroundColor")).isEqualTo(dark);
		this.browser.ask("localStorage.clear()");
		this.browser.dark(true);
		this.browser.driver().navigate().refresh();
		assertThat(this.browser.ask("getComputedStyle(document.body).backgroundColor")).isEqualTo(dark);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void hasContrastEnough(boolean dark) {
		this.browser.dark(dark);
		open("");
		for (String pair : List.of("ink paper", "ink surface", "ink hover", "ink accent-soft", "ink error-soft",
				"ink mark", "ink warn-soft", "soft paper", "soft surface", "soft sunken", "soft hover",
				"soft accent-soft", "faint paper", "faint surface", "faint hover", "faint accent-soft", "accent paper",
				"accent surface", "accent accent-soft", "error surface", "error paper", "error error-soft",
				"error accent-soft", "error hover", "warn surface", "warn warn-soft", "on-accent accent", "paper ink",
				"surface error")) {
			assertThat(contrast(pair)).as(pair + (dark ? " in the dark" : " in the light")).isGreaterThanOrEqualTo(4.5);
		}
		for (int i = 0; i < 10; i++) {
			assertThat(contrast("colour-" + i + " surface")).as("colour " + i).isGreaterThanOrEqualTo(3);
		}
	}

	private double contrast(String pair) {
		String[] names = pair.split(" ");
		return ((Number) this.browser.driver().executeScript("""
				const probe = document.body.appendChild(document.createElement('i'));
				const light = (name) => {
					probe.style.color = `var(--${name})`;
					const parts = getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
						.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
					return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
				};
				const both = [light(arguments[0]), light(arguments[1])].sort((a, b) => b - a);
				probe.remove();
				return (both[0] + 0.05) / (both[1] + 0.05);
				""", names[0], names[1])).doubleValue();
	}

	@Test
	void isToldToThoseWhoDoNotSeeIt() {
		for (String view : views()) {
			this.browser.driver().get("about:blank");
			open(view);
			this.browser
				.await("document.querySelector('.live[data-state=live]') && !document.querySelector('.loading')");
			@SuppressWarnings("unchecked")
			List<String> wrong = (List<String>) this.browser.driver()
				.executeScript(
						"""
								const wrong = [];
								const shown = (element) => element.checkVisibility({ visibilityProperty: true });
								const name = (element) => (element.getAttribute('aria-label') ?? element.textContent).trim();
								for (const element of document.querySelectorAll('button, a, summary, [role=option], [role=tab], [role=menuitem]')) {
									if (shown(element) && name(element) === '') {
										wrong.push('no name: ' + element.outerHTML.slice(0, 200));
									}
								}
								for (const element of document.querySelectorAll('input, select, [role=treegrid], [role=group], [role=listbox], [role=separator], dialog, nav, section, aside')) {
									if (!element.getAttribute('aria-label') && !element.classList.contains('detail-section')) {
										wrong.push('no label: ' + element.outerHTML.slice(0, 200));
									}
								}
								for (const element of document.querySelectorAll('img')) {
									if (element.getAttribute('alt') === null) {
										wrong.push('no alternative: ' + element.outerHTML);
									}
								}
								for (const element of document.querySelectorAll('svg.icon')) {
									if (element.getAttribute('aria-hidden') !== 'true') {
										wrong.push('an icon that is told: ' + element.outerHTML);
									}
								}
								const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
								ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push('twice: ' + id));
								for (const attribute of ['aria-controls', 'aria-describedby', 'aria-labelledby', 'aria-activedescendant']) {
									for (const element of document.querySelectorAll(`[${attribute}]`)) {
										if (!document.getElementById(element.getAttribute(attribute))) {
											wrong.push(attribute + ' to nothing: ' + element.outerHTML.slice(0, 200));
										}
									}
								}
								for (const element of document.querySelectorAll('[role=row]')) {
									if (!element.closest('[role=treegrid]')) {
										wrong.push('a row on its own: ' + element.outerHTML.slice(0, 200));
									}
								}
								if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('header.top nav').length !== 1) {
									wrong.push('landmarks');
								}
								if (document.querySelectorAll('h1').length > 1) {
									wrong.push('more than one first heading');
								}
								for (const element of document.querySelectorAll('[tabindex]')) {
									if (element.tabIndex > 0) {
										wrong.push('out of order: ' + element.outerHTML.slice(0, 200));
									}
								}
								return wrong;
								""");
			assertThat(wrong).as(view).isEmpty();
		}
	}

	@Test
	void showsWhereTheFocusIs() {
		open("#/trace/" + this.created.id() + "?span=" + this.created.spans().get(0).get("spanId"));
		this.browser.see(".detail");
		List<String> invisible = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			press(Keys.TAB);
			Boolean visible = (Boolean) this.browser.driver().executeScript("""
					const element = document.activeElement;
					const style = getComputedStyle(element);
					return style.outlineStyle !== 'none' || style.boxShadow !== 'none' || element === document.body
						|| element.classList.contains('wf-grid') && document.querySelector('.wf-row.active') !== null
							&& getComputedStyle(document.querySelector('.wf-row.active')).boxShadow !== 'none';
					""");
			if (!visible) {
				invisible.add((String) this.browser.ask("document.activeElement.outerHTML.slice(0, 200)"));
			}
		}
		assertThat(invisible).isEmpty();
	}

	@Test
	void writesQueriesThatMeanWhatIsThere() {
		open("");
		assertThat(module("query.js",
				"""
						[m.add('a=1', 'b=2'), m.add('a=1 b=2', 'b=2'), m.add('a=1 OR c=3', 'b=2'), m.add('', 'b=2'),
							m.remove('a=1 AND b=2 AND c=3', 'b=2'), m.remove('b=2 AND c=3', 'b=2'), m.remove('name="a b=2" b=2', 'b=2'),
							m.between('a=1 trace.duration>1s', 1500, 2000000), m.between('trace.duration>=1ms a=1', undefined, 5e9),
							m.attribute('http.route', '/tasks/{id}'), m.attribute('status', 'late'), m.attribute('a b"c', 'x\\ny'),
							m.attribute('span.note', '*'), m.condition('service', 'a or b'), m.condition('service', 'or')]"""))
			.isEqualTo(List.of("a=1 b=2", "a=1 b=2", "(a=1 OR c=3) b=2", "b=2", "a=1 AND c=3", "c=3", "name=\"a b=2\"",
					"a=1 trace.duration>=1500ns trace.duration<2ms", "a=1 trace.duration<5s",
					"http.route=\"/tasks/{id}\"", "\"status\"=late", "\"a b\\\"c\"=\"x\\ny\"", "\"span.note\"=\"*\"",
					"service=\"a or b\"", "service=\"or\""));
	}

	@Test
	void growsATreeFromWhateverParentsSpansHave() {
		open("");
		assertThat(module("tree.js",
				"""
						(() => {
							const span = (spanId, parentId, start = 0, duration = 10) => ({ spanId, parentId, start, duration, name: spanId });
							const told = (spans) => m.buildTree(spans).order.map((node) => node.span.spanId + node.depth).join(' ');
							const deep = Array.from({ length: 100000 }, (_, i) => span(`${i}`, i === 0 ? undefined : `${i - 1}`));
							return [told([span('a'), span('b', 'a'), span('c', 'missing'), span('d', 'b')]),
								told([span('a', 'b'), span('b', 'a'), span('c', 'a')]), told([span('a', 'a')]), told([span('a'), span('a'), span('b', 'a')]),
								String(m.buildTree(deep).order.at(-1).depth), told([]),
								String(m.buildTree([span('a', undefined, 0, 100), span('b', 'a', 10, 50), span('c', 'a', 40, 40), span('d', 'a', 90, 90)]).order[0].self)];
						})()"""))
			.isEqualTo(List.of("a0 b1 d2 c0", "a0 b1 c1", "a0", "a0 b1 a0", "99999", "", "20"));
	}

	@Test
	void writesFiguresAsTheyAreRead() {
		open("");
		assertThat(module("format.js", """
				[0, 999, 1000, 999600, 1234567, 12300000, 123456789, 1e9, 59.94e9, 60e9, 3725e9, -1500].map(m.duration)
					.concat([1000000, 2500000, 1500, 7e9, 1234567].map(m.queryDuration))"""))
			.isEqualTo(List.of("0 ns", "999 ns", "1 µs", "1 ms", "1.23 ms", "12.3 ms", "123 ms", "1 s", "59.9 s", "1 m",
					"1 h 2 m", "−1.5 µs", "1ms", "2.5ms", "1500ns", "7s", "1234567ns"));
	}

	@Test
	void laysTheSameMapOutForTheSameCalls() {
		open("");
		assertThat(module("map.js",
				"""
						(() => {
							const call = (from, to) => ({ from, to, kind: 'http', calls: 1, errors: 0, rate: 1, p95: 1, median: 1 });
							const calls = [call('a', 'b'), call('b', 'c'), call('c', 'a'), call('a', 'c'), call('b', 'b'), call('x', 'db')];
							const told = (order) => [...m.layout([], order).places.values()].map((place) => `${place.name}${place.layer}@${place.y}`).join(' ');
							const places = m.layout([], calls).places;
							return [String(told(calls) === told([...calls].reverse())), ['a', 'b', 'c', 'x', 'db'].map((name) => name + places.get(name).layer).join(' '),
								String(m.layout([], calls).edges.flatMap((edge) => edge.points.flat()).every(Number.isFinite))];
						})()"""))
			.isEqualTo(List.of("true", "a0 b1 c2 x0 db1", "true"));
	}

	private Object module(String name, String expression) {
		return this.browser.driver()
			.executeAsyncScript("const done = arguments[arguments.length - 1];"
					+ "import(new URL(arguments[0], location.href)).then((m) => done(" + expression
					+ "), (problem) => done(String(problem)))", name);
	}

	@Test
	void fitsNarrowWindows() {
		this.browser.size(390, 844);
		for (String view : views()) {
			this.browser.driver().get("about:blank");
			open(view);
			this.browser
				.await("document.querySelector('.live[data-state=live]') && !document.querySelector('.loading')");
			assertThat((Boolean) this.browser.ask(
					"document.documentElement.scrollWidth <= 390 && document.querySelector('main').scrollWidth <= 390"))
				.as(view)
				.isTrue();
		}
	}

	private List<String> views() {
		return List.of("", "#/trace/" + this.created.id(),
				"#/trace/" + this.failed.id() + "?span=" + this.failed.spans().get(0).get("spanId"),
				"#/trace/" + this.hostile.id() + "?span=" + this.hostile.spans().get(0).get("spanId"),
				"#/trace/" + this.created.id() + "?tab=logs", "#/compare/" + this.created.id() + "?with=usual",
				"#/services");
	}

	private void open(String view) {
		this.browser.driver().get(this.server.url() + view);
		this.browser.see(ROWS + ", h1, .empty");
		// The details of a span are shown anew when its log lines have come
		this.browser.await("document.querySelector('.empty') !== null || document.querySelector('#tab-logs') === null"
				+ " || document.querySelector('#tab-logs .number').textContent !== ''");
	}

	private void type(String text) {
		WebElement input = this.browser.see("#query");
		input.clear();
		input.sendKeys(text);
	}

	private void press(CharSequence... keys) {
		new Actions(this.browser.driver()).sendKeys(keys).perform();
	}

	private String active() {
		return (String) this.browser.ask("document.querySelector('.wf-row.active .wf-name').innerText");
	}

	private void click(String text) {
		this.browser.await(
				"[...document.querySelectorAll('button, a')].some((element) => element.textContent.trim() === arguments[0] && element.checkVisibility())",
				text);
		((WebElement) this.browser.ask(
				"[...document.querySelectorAll('button, a')].findLast((element) => element.textContent.trim() === arguments[0] && element.checkVisibility())",
				text))
			.click();
	}

	private WebElement named(String label) {
		this.browser.await(
				"[...document.querySelectorAll('button, a')].some((element) => (element.getAttribute('aria-label') ?? element.textContent).trim() === arguments[0])",
				label);
		return (WebElement) this.browser.ask(
				"[...document.querySelectorAll('button, a')].find((element) => (element.getAttribute('aria-label') ?? element.textContent).trim() === arguments[0])",
				label);
	}

	private long overlaps(String selector) {
		return (Long) this.browser.ask(
				"""
						[...document.querySelectorAll(arguments[0])].map((element) => element.getBoundingClientRect())
							.filter((one, i, all) => all.some((other, j) => j > i && one.left < other.right && other.left < one.right
								&& one.top < other.bottom - 2 && other.top < one.bottom - 2)).length""",
				selector);
	}

	private static void report(TestReporter reporter, String what, long begun) {
		reporter.publishEntry(what + ", ms", String.valueOf((System.nanoTime() - begun) / 1_000_000));
	}

}
