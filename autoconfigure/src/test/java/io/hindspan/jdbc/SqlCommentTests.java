package io.hindspan.jdbc;

import java.util.List;

import javax.sql.DataSource;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import org.h2.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import io.hindspan.TracedApplication;
import io.hindspan.sql.DatabaseSystem;
import io.hindspan.sql.SqlStatement;
import io.hindspan.sql.SqlStatements;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the comments that tell a database who sends a statement.
 */
@ExtendWith(OutputCaptureExtension.class)
class SqlCommentTests {

	private static final String SPAN = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

	private static final SpanContext SAMPLED = SpanContext.create("0123456789abcdef0123456789abcdef",
			"0123456789abcdef", TraceFlags.getSampled(), TraceState.getDefault());

	private static final Database POSTGRES = Database.of("jdbc:postgresql://db/tasks");

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private List<String> sent(String comment) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.SERVLET, Application.class,
				"--hindspan.jdbc.sql-comment=" + comment);
		return sentBy("/boards/7/tasks");
	}

	private List<String> sentBy(String path) {
		return List.of(RestClient.create("http://localhost:" + TracedApplication.port(this.context))
			.get()
			.uri(path)
			.retrieve()
			.body(String[].class));
	}

	private static SqlStatement read(String sql) {
		return new SqlStatements(DatabaseSystem.POSTGRESQL).get(sql);
	}

	private RecordedTrace request() {
		return this.receiver.awaitTrace((trace) -> !trace.spans("GET /boards/{id}/tasks").isEmpty());
	}

	@Test
	void databaseIsToldApplicationControllerAndRoute() {
		assertThat(sent("static")).hasSize(2)
			.allSatisfy((statement) -> assertThat(statement).endsWith(
					" /*application='tasks',controller='BoardController',route='%2Fboards%2F%7Bid%7D%2Ftasks'*/"));
		RecordedTrace trace = request();
		assertThat(trace.spans()).filteredOn((span) -> span.name().startsWith("SELECT"))
			.hasSize(2)
			.allSatisfy((span) -> assertThat(span.attribute("db.query.text")).asString().doesNotContain("/*"));
	}

	@Test
	void statementThatManyRoutesSendHasFewTexts() {
		sent("static");
		assertThat(sentBy("/second/7")).allSatisfy((sent) -> assertThat(sent).contains("route='%2Fsecond"));
		sentBy("/third/7");
		assertThat(sentBy("/fourth/7")).allSatisfy((sent) -> assertThat(sent).contains("route='%2Ffourth"));
		assertThat(sentBy("/fifth/7")).allSatisfy((sent) -> assertThat(sent).endsWith(" /*application='tasks'*/"));
		assertThat(sentBy("/second/7")).allSatisfy((sent) -> assertThat(sent).contains("route='%2Fsecond"));
	}

	@Test
	void sampledStatementsThatMayBeKeptHaveTheSameTextEveryTime(CapturedOutput output) {
		assertThat(sent("sampled")).hasSize(2)
			.allSatisfy((statement) -> assertThat(statement).contains("route=").doesNotContain("traceparent"));
		assertThat(output).containsOnlyOnce("Prepared statements of h2database carry no traceparent");
	}

	@Test
	void commentsCanBeOff() {
		assertThat(sent("off")).allSatisfy((statement) -> assertThat(statement).doesNotContain("/*"));
	}

	@Test
	void unknownKindOfCommentFailsTheStart(CapturedOutput output) {
		assertThatException().isThrownBy(() -> sent("always"));
		assertThat(output).contains("hindspan.jdbc.sql-comment", "\"always\"", "    SAMPLED");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			select 1                           | select 1 /*application='tasks'*/
			"select 1 ; "                      | "select 1 /*application='tasks'*/ ; "
			select ';' from a                  | select ';' from a /*application='tasks'*/
			/* first */ select 1               | /* first */ select 1 /*application='tasks'*/
			select 1 /* has one */             | select 1 /* has one */
			{call a()}                         | {call a()}
			create view a as select 1          | create view a as select 1
			create table a (b int)             | create table a (b int)
			set search_path = a                | set search_path = a
			insert into a values (?)           | insert into a values (?) /*application='tasks'*/
			with a as (select 1) select * from a | with a as (select 1) select * from a /*application='tasks'*/
			""")
	void commentGoesToTheEndOfStatementsOnRows(String sql, String sent) {
		SqlComments comments = new SqlComments(SqlComment.STATIC, "tasks");
		SqlStatement statement = read(sql);
		assertThat(comments.prepare(sql, statement, POSTGRES, SAMPLED)).isEqualTo(sent);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			jdbc:postgresql://db/a                                  | false | true
			jdbc:postgresql://db/a?preparedStatementCacheQueries=0  | true  | true
			jdbc:postgresql://db/a?preparedStatementCacheQueries=00 | false | true
			jdbc:postgresql://db/a?b=c&preferQueryMode=extendedCacheEverything | false | false
			jdbc:mysql://db/a?cachePrepStmts=false&b=c              | true  | true
			jdbc:mysql://db/a?notcachePrepStmts=false               | false | true
			jdbc:mariadb://db/a                                     | false | true
			jdbc:oracle:thin:@//db/a                                | false | false
			jdbc:sqlserver://db                                     | false | false
			""")
	void traceIsToldWhereNobodyKeepsTheStatement(String url, boolean prepared, boolean executed) {
		SqlComments comments = new SqlComments(SqlComment.SAMPLED, "tasks");
		Database database = Database.of(url);
		SqlStatement statement = read("select 1");
		String traced = "select 1 /*application='tasks',traceparent='" + SPAN + "'*/";
		String untraced = "select 1 /*application='tasks'*/";
		assertThat(comments.prepare("select 1", statement, database, SAMPLED)).isEqualTo(prepared ? traced : untraced);
		assertThat(comments.execute("select 1", statement, database, SAMPLED)).isEqualTo(executed ? traced : untraced);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a*/; drop table tasks; /*", "it's", "ünï\u0000cödé", "a b+c", "?", "{a}", "\\'" })
	void nothingInAValueEndsTheComment(String application) {
		SqlComments comments = new SqlComments(SqlComment.STATIC, application);
		String text = comments.prepare("select 1", read("select 1"), POSTGRES, SpanContext.getInvalid());
		assertThat(text).matches("select 1 /\\*application='[A-Za-z0-9%._-]+'\\*/");
	}

	@Test
	void sameTextIsTheSameObject() {
		SqlComments comments = new SqlComments(SqlComment.STATIC, "tasks");
		SqlStatement statement = read("select 1");
		String first = comments.prepare("select 1", statement, POSTGRES, SAMPLED);
		assertThat(comments.prepare("select 1", statement, POSTGRES, SAMPLED)).isSameAs(first);
		for (int i = 0; i <= SqlComments.MAX_STATEMENTS; i++) {
			comments.prepare("select " + i, statement, POSTGRES, SAMPLED);
		}
		assertThat(comments.prepare("select 1", statement, POSTGRES, SAMPLED)).isEqualTo(first);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@Import(BoardController.class)
	static class Application {

		@Bean
		DataSource dataSource() {
			return new SimpleDriverDataSource(new Driver(), "jdbc:h2:mem:comments");
		}

		@Bean
		JdbcTemplate jdbcTemplate(DataSource dataSource) {
			return new JdbcTemplate(dataSource);
		}

	}

	@RestController
	static class BoardController {

		private static final String OWN_STATEMENT = "select executing_statement from information_schema.sessions where session_id = session_id()";

		private final JdbcTemplate jdbc;

		BoardController(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@GetMapping({ "/boards/{id}/tasks", "/second/{id}", "/third/{id}", "/fourth/{id}", "/fifth/{id}" })
		List<String> tasks(@PathVariable int id) {
			String prepared = this.jdbc.queryForObject(OWN_STATEMENT + " and 0 < ?", String.class, id);
			return List.of(prepared.substring(0, prepared.indexOf(" {1: 7}")),
					this.jdbc.queryForObject(OWN_STATEMENT, String.class));
		}

	}

}
