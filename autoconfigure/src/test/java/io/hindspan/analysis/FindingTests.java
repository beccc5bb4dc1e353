package io.hindspan.analysis;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.analysis.Scene.Node;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the {@link Finding findings} at their thresholds, and for what they say.
 */
class FindingTests {

	@ParameterizedTest
	@CsvSource({ "9, false", "10, true" })
	void writesAreARepetitionFromTen(int count, boolean found) {
		List<Finding> findings = of(
				(server) -> repeat(count, () -> server.sql("insert into a (b) values (?)", "INSERT", "a", 2)));
		assertThat(has(findings, Kind.N_PLUS_ONE)).isEqualTo(found);
	}

	@ParameterizedTest
	@CsvSource({ "4, 0, false", "5, 0, true", "5, 200, false", "10, 200, true" })
	void readsAreARepetitionFromFiveIfTheyTakeATenth(int count, double besides, boolean found) {
		List<Finding> findings = of((server) -> {
			repeat(count, () -> server.sql("select a from b where c = ?", "SELECT", "b", 2));
			server.work(besides);
		});
		assertThat(has(findings, Kind.N_PLUS_ONE)).isEqualTo(found);
	}

	@Test
	void aRepetitionBeneathARepositoryNamesTheCallerAndTheRepository() {
		Finding finding = only(Kind.N_PLUS_ONE,
				of((server) -> server.method("Orders.list",
						(list) -> repeat(12, () -> list.method("CustomerRepository.findById",
								(m) -> m.sql("select a from b where c = ?", "SELECT", "b", 2))))));
		assertThat(finding.cause()).contains("for com.acme.Orders.list by CustomerRepository.findById");
		assertThat(finding.action()).contains("com.acme.Orders.list");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HGETALL" })
	void keysOfRedisAreARepetitionFromTen(String command) {
		assertThat(has(of((server) -> repeat(9, () -> server.redis(command, 2))), Kind.N_PLUS_ONE)).isFalse();
		Finding finding = only(Kind.N_PLUS_ONE, of((server) -> repeat(10, () -> server.redis(command, 2))));
		assertThat(finding.action()).contains("MGET");
	}

	@ParameterizedTest
	@CsvSource({ "9, 0, false", "11, 0, true", "11, 400, false", "260, 8000, true" })
	void waitsForConnectionsAreTold(double wait, double besides, boolean found) {
		List<Finding> findings = of((server) -> {
			server.step(SpanKind.INTERNAL, "db.connection.acquire", wait);
			server.work(besides);
		});
		assertThat(has(findings, Kind.POOL_WAIT)).isEqualTo(found);
	}

	@Test
	void aPoolThatIsNotExhaustedIsNotToBeRaised() {
		Function<Long, Finding> waited = (active) -> only(Kind.POOL_WAIT,
				of((server) -> server.step(SpanKind.INTERNAL, "db.connection.acquire", 80)
					.with("db.client.connection.pool.name", "main")
					.with("hindspan.db.pool.active", active)
					.with("hindspan.db.pool.waiting", (active < 10) ? 0 : 3)
					.with("hindspan.db.pool.max", 10)));
		assertThat(waited.apply(10L)).satisfies((finding) -> {
			assertThat(finding.title()).isEqualTo("Waited for a connection of pool main");
			assertThat(finding.cause()).contains("10 connections were in use of at most 10, 3 more callers waited");
			assertThat(finding.action()).contains("spring.datasource.hikari.maximum-pool-size").contains("now 10");
		});
		assertThat(waited.apply(2L).action()).contains("not exhausted").doesNotContain("maximum-pool-size");
	}

	@Test
	void eachPoolIsRaisedByItsOwnProperty() {
		assertThat(only(Kind.POOL_WAIT,
				of((server) -> server.step(SpanKind.INTERNAL, "db.connection.acquire", 80).scope("io.hindspan.r2dbc")))
			.action()).contains("spring.r2dbc.pool.max-size");
		assertThat(only(Kind.POOL_WAIT,
				of((server) -> server.step(SpanKind.INTERNAL, "db.connection.acquire", 80).scope("io.hindspan.neo4j")))
			.action()).contains("spring.neo4j.pool.max-connection-pool-size");
	}

	@ParameterizedTest
	@CsvSource({ "99, 0, false", "101, 0, true", "101, 1200, false", "501, 12000, true", "501, 20000, false" })
	void statementsAreSlow(double duration, double besides, boolean found) {
		List<Finding> findings = of((server) -> {
			server.sql("select sum(a) from b", "SELECT", "b", duration);
			server.work(besides);
		});
		assertThat(has(findings, Kind.SLOW_STATEMENT)).isEqualTo(found);
	}

	@Test
	void aMissingIndexIsNamedByItsColumns() {
		Finding finding = only(Kind.MISSING_INDEX,
				of((server) -> server
					.sql("select u.id from users u where u.email = ? and u.state in (?) order by u.created", "SELECT",
							"users", 700)
					.with("db.response.returned_rows", 1)));
		assertThat(finding.action()).contains("an index on `users (email, state)`");
		assertThat(finding.cause()).contains("took long to find one row");
	}

	@ParameterizedTest
	@CsvSource({ "999, 0, false", "1000, 0, true", "100000, 1001, false", "100000, 900, true" })
	void rowsReadAndReturnedTellOfAMissingIndex(long read, long returned, boolean found) {
		List<Finding> findings = of((server) -> server.sql("select a from b where c = ?", "SELECT", "b", 30)
			.with("db.response.rows_examined", read)
			.with("db.response.returned_rows", returned));
		assertThat(has(findings, Kind.MISSING_INDEX)).isEqualTo(found);
	}

	@ParameterizedTest
	@CsvSource({ "2, false", "3, true" })
	void failuresInARowAreAStorm(int count, boolean found) {
		List<Finding> findings = of(
				(server) -> repeat(count, () -> server.call("POST", "api.example", "/pay", 20, 503).work(0)));
		assertThat(has(findings, Kind.RETRY_STORM)).isEqualTo(found);
		assertThat(has(findings, Kind.FAILING_DEPENDENCY)).isEqualTo(!found);
	}

	@Test
	void aSuccessInBetweenBreaksTheRow() {
		List<Finding> findings = of((server) -> repeat(3, () -> {
			server.call("POST", "api.example", "/pay", 20, 503);
			server.call("POST", "api.example", "/pay", 20);
		}));
		assertThat(has(findings, Kind.RETRY_STORM)).isFalse();
		assertThat(only(Kind.FAILING_DEPENDENCY, findings).cause()).contains("3 of 6 calls of api.example");
	}

	@Test
	void attemptsOfAListenerAreAStorm() {
		Finding finding = only(Kind.RETRY_STORM, of((server) -> {
			Node process = server.publish("mails").consume("mailer", "mails", 1);
			for (int i = 1; i <= 4; i++) {
				Node attempt = process.step(SpanKind.CONSUMER, "mails attempt", 10).with("retry.attempt", i);
				if (i < 4) {
					attempt.fail("java.io.IOException");
				}
			}
		}));
		assertThat(finding.title()).isEqualTo("mails attempt took 4 attempts");
		assertThat(finding.cause()).contains("the last attempt succeeded");
	}

	@Test
	void expectedErrorsAreMentionedBesideTheRealOne() {
		Finding finding = only(Kind.ERROR_ORIGIN, of((server) -> {
			repeat(2,
					() -> server.method("Form.check", (m) -> m.work(1))
						.fail("ValidationException")
						.with("hindspan.error.category", "validation"));
			Node inner = server.method("Ledger.book", (m) -> m.work(1)).raise("java.lang.ArithmeticException");
			server.fail("java.lang.ArithmeticException");
			assertThat(inner.parent).isSameAs(server);
		}));
		assertThat(finding.title()).isEqualTo("Error began at Ledger.book: java.lang.ArithmeticException");
		assertThat(finding.cause()).contains("Nobody handled it").contains("Expected errors besides: 2 validation.");
		assertThat(finding.share()).isGreaterThan(0.9);
	}

	@Test
	void anExpectedErrorIsNotBlamedForAnotherOne() {
		Finding finding = only(Kind.ERROR_ORIGIN, of((server) -> {
			server.method("Ledger.book", (m) -> m.work(1)).raise("java.lang.ArithmeticException");
			server.method("Form.check", (m) -> m.work(1))
				.fail("ValidationException")
				.with("hindspan.error.category", "validation");
			server.fail("500");
		}));
		assertThat(finding.title()).startsWith("Error began at Ledger.book");
	}

	@Test
	void aSlowMessageIsTheBrokers() {
		Finding finding = only(Kind.SLOW_DEPENDENCY, of((server) -> server.method("Audit.send", (m) -> {
			Node sent = m.publish("audit");
			sent.now += 400;
			m.close(sent);
		})));
		assertThat(finding.title()).startsWith("audit publish to kafka took 40");
		assertThat(finding.cause()).contains("for com.acme.Audit.send.");
		assertThat(finding.action()).startsWith("See what the broker was busy with");
	}

	@Test
	void aRequestIsNotNamedByItsOwnHost() {
		Finding finding = only(Kind.ERROR_ORIGIN,
				of((server) -> server.with("server.address", "localhost").fail("java.lang.IllegalStateException")));
		assertThat(finding.title())
			.isEqualTo("Error began at " + finding.cause().split(" of ")[0] + ": java.lang.IllegalStateException");
		assertThat(finding.title()).doesNotContain("localhost");
	}

	@ParameterizedTest
	@CsvSource({ "190, 0, false", "210, 0, true", "210, 1000, false", "1100, 8000, true" })
	void dependenciesAreSlow(double duration, double besides, boolean found) {
		List<Finding> findings = of((server) -> {
			server.call("POST", "api.example", "/pay", duration);
			server.work(besides);
		});
		assertThat(has(findings, Kind.SLOW_DEPENDENCY)).isEqualTo(found);
	}

	@ParameterizedTest
	@CsvSource({ "2, 1, GET, false", "3, 1, GET, true", "3, 15, GET, false", "3, 1, POST, false" })
	void callsOneAfterTheOtherCouldRunAtOnce(int count, double pause, String method, boolean found) {
		List<Finding> findings = of((server) -> {
			for (int i = 0; i < count; i++) {
				server.call(method, "host" + i + ".example", "/part", 40);
				server.work(pause);
			}
		});
		assertThat(has(findings, Kind.SERIAL_CALLS)).isEqualTo(found);
	}

	@ParameterizedTest
	@CsvSource({ "2, false", "3, true" })
	void aCacheByHandIsSeen(int count, boolean found) {
		List<Finding> findings = of((server) -> repeat(count, () -> {
			server.redis("GET", 0.5);
			server.sql("select a from b where c = ?", "SELECT", "b", 12);
			server.redis("SET", 0.5);
		}));
		assertThat(has(findings, Kind.CACHE_MISSES)).isEqualTo(found);
	}

	@ParameterizedTest
	@CsvSource({ "90, 0, false", "120, 0, true", "120, 600, false" })
	void timeThatNoSpanExplainsIsAGap(double pause, double besides, boolean found) {
		List<Finding> findings = of((server) -> {
			server.select("a", "id", 1);
			server.work(pause);
			for (int i = 0; i < besides / 60; i++) {
				server.select(Scene.TABLES[i], "id", 60);
			}
		});
		assertThat(has(findings, Kind.GAP)).isEqualTo(found);
	}

	@Test
	void aGapNamesWhatCameBeforeAndAfter() {
		Finding finding = only(Kind.GAP, of((server) -> {
			server.select("orders", "id", 1);
			server.work(300);
			server.select("prices", "id", 1);
		}));
		assertThat(finding.cause()).contains("between SELECT orders and SELECT prices");
	}

	@Test
	void anEventThatTellsOfWaitingExplainsATime() {
		assertThat(has(of((server) -> server.event("backoff.start").work(800)), Kind.GAP)).isFalse();
		assertThat(has(of((server) -> server.event("order.validated").work(800)), Kind.GAP)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "900, false", "1100, true" })
	void workIsLateASecondAfterTheRequest(double delay, boolean found) {
		List<Finding> findings = of((server) -> {
			Node work = server.publish("mails").consume("mailer", "mails", delay);
			work.select("mails", "id", 5);
		});
		assertThat(has(findings, Kind.LATE_WORK)).isEqualTo(found);
		if (found) {
			Finding finding = only(Kind.LATE_WORK, findings);
			assertThat(finding.action()).startsWith("It waited 1.1 s to begin");
			assertThat(finding.impact()).isBetween(1_000_000_000L, 1_200_000_000L);
		}
	}

	@Test
	void workIsLateThatWaitedBeforeTheLastStep() {
		Finding finding = only(Kind.LATE_WORK,
				of((server) -> server.publish("mails")
					.consume("mailer", "mails", 2_000)
					.publish("sent")
					.consume("archive", "sent", 3)
					.select("archive", "id", 5)));
		assertThat(finding.title()).startsWith("sent process ended 2.0 s after");
		assertThat(finding.action()).startsWith("mails process waited 2.0 s to begin");
	}

	@Test
	void workIsLateThatTookLongBeforeTheLastStep() {
		Finding finding = only(Kind.LATE_WORK, of((server) -> {
			Node mailer = server.publish("mails").consume("mailer", "mails", 3);
			mailer.now += 2_000;
			mailer.publish("sent").consume("archive", "sent", 3).select("archive", "id", 5);
		}));
		assertThat(finding.title()).startsWith("sent process ended 2.0 s after");
		assertThat(finding.action()).contains("look at what mails process does");
	}

	@ParameterizedTest
	@CsvSource({ "-4, false", "-30, true", "5, false", "60, true" })
	void clocksDisagree(double skew, boolean found) {
		Scene scene = new Scene(3);
		Node server = scene.server(null, "shop", "GET", "/a", 0);
		server.ask("GET", "users", "/b", (other) -> other.select("b", "id", 40));
		server.now += 1;
		scene.skew("users", skew);
		List<Finding> findings = TraceAnalysis.of(scene.trace()).findings();
		assertThat(has(findings, Kind.CLOCK_SKEW)).isEqualTo(found);
		if (found) {
			Finding finding = only(Kind.CLOCK_SKEW, findings);
			assertThat(finding.title()).contains((skew < 0) ? " behind that of shop" : " ahead of that of shop")
				.contains(Math.round(Math.abs(skew)) + " ms");
			assertThat(finding.impact()).isZero();
		}
	}

	@Test
	void aMessageThatWasNotProcessedWhileALaterOneWasIsLost() {
		List<Finding> findings = of((server) -> {
			server.publish("mails");
			server.publish("mails").consume("mailer", "mails", 5).work(3);
		});
		assertThat(only(Kind.LOST_TRACE, findings).cause()).contains("one message of mails publish");
		assertThat(has(of((server) -> {
			server.publish("mails").consume("mailer", "mails", 5).work(3);
			server.publish("mails");
		}), Kind.LOST_TRACE)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "99, 0.1, false", "100, 0.1, true", "100, 0.6, false" })
	void veryManyVeryShortSpansAreTrivial(int count, double duration, boolean found) {
		List<Finding> findings = of(
				(server) -> repeat(count, () -> server.step(SpanKind.INTERNAL, "User.name", duration)));
		assertThat(has(findings, Kind.TRIVIAL_SPANS)).isEqualTo(found);
	}

	private static void repeat(int count, Runnable action) {
		for (int i = 0; i < count; i++) {
			action.run();
		}
	}

	/**
	 * What is found in a request in which nothing but this happens.
	 */
	private static List<Finding> of(Consumer<Node> body) {
		Scene scene = new Scene(3);
		assertThat(scene.style).isNotEqualTo(Scene.Style.LEGACY);
		Node server = scene.server(null, "shop", "GET", "/a", 0);
		body.accept(server);
		return TraceAnalysis.of(scene.trace()).findings();
	}

	private static boolean has(List<Finding> findings, Kind kind) {
		return findings.stream().anyMatch((finding) -> finding.kind() == kind);
	}

	private static Finding only(Kind kind, List<Finding> findings) {
		List<Finding> ofKind = findings.stream().filter((finding) -> finding.kind() == kind).toList();
		assertThat(ofKind).as("%s in %s", kind, findings).hasSize(1);
		return ofKind.get(0);
	}

}
