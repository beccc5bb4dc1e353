package io.hindspan.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import org.h2.Driver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.hindspan.SettableClock;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TraceColumn} on a database that fails.
 */
@ExtendWith(OutputCaptureExtension.class)
class TraceColumnTests {

	private static final String TABLE = "EVENT_PUBLICATION";

	private static final String CONTEXT = "traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private final Database database = new Database();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database);

	private final TransactionTemplate transaction = new TransactionTemplate(
			new DataSourceTransactionManager(this.database));

	private final SettableClock time = new SettableClock();

	private final TraceColumn column = new TraceColumn(() -> this.jdbc, TABLE, this.time);

	@BeforeEach
	void reset() {
		this.jdbc.execute("drop all objects");
		this.database.connections = 0;
	}

	private void createTable(String idType, String columns) {
		this.jdbc.execute("create table event_publication (id " + idType + " primary key" + columns + ")");
	}

	private UUID store() {
		UUID id = UUID.randomUUID();
		this.jdbc.update("insert into event_publication (id) values (?)", id);
		return id;
	}

	private List<String> contexts() {
		return this.jdbc.queryForList("select trace_context from event_publication where trace_context is not null",
				String.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "uuid", "varchar(36)", "char(36)", "nvarchar(36)" })
	void contextIsWrittenAndReadInAndOutsideOfTransactions(String idType) {
		createTable(idType, ", trace_context varchar(255)");
		UUID inside = this.transaction.execute((status) -> {
			UUID id = store();
			this.column.write(List.of(id), CONTEXT);
			return id;
		});
		UUID outside = store();
		this.column.write(List.of(outside), CONTEXT);
		assertThat(contexts()).containsExactly(CONTEXT, CONTEXT);
		assertThat(this.column.read(outside)).isEqualTo(CONTEXT);
		assertThat(this.transaction.<String>execute((status) -> this.column.read(inside))).isEqualTo(CONTEXT);
		assertThat(this.column.read(UUID.randomUUID())).isNull();
	}

	@Test
	void contextThatDoesNotFitIsLeftOut() {
		createTable("uuid", ", trace_context varchar(20)");
		this.column.write(List.of(store()), CONTEXT);
		assertThat(contexts()).isEmpty();
	}

	@Test
	void tableWithoutTheColumnIsLookedAtOnce(CapturedOutput output) {
		createTable("uuid", "");
		UUID id = store();
		this.column.write(List.of(id), CONTEXT);
		this.database.connections = 0;
		this.time.advance(TraceColumn.PAUSE);
		this.column.write(List.of(id), CONTEXT);
		assertThat(this.column.read(id)).isNull();
		assertThat(this.database.connections).isZero();
		assertThat(output).containsOnlyOnce("ALTER TABLE EVENT_PUBLICATION ADD COLUMN TRACE_CONTEXT VARCHAR(255)");
	}

	@Test
	void lookThatFailedIsRepeatedAfterAPause(CapturedOutput output) {
		UUID id = UUID.randomUUID();
		for (int i = 0; i < 10; i++) {
			this.column.write(List.of(id), CONTEXT);
			assertThat(this.column.read(id)).isNull();
		}
		assertThat(this.database.connections).isEqualTo(1);
		this.time.advance(TraceColumn.PAUSE.minusMillis(1));
		assertThat(this.column.read(id)).isNull();
		assertThat(this.database.connections).isEqualTo(1);
		this.time.advance(Duration.ofMillis(1));
		assertThat(this.column.read(id)).isNull();
		assertThat(this.database.connections).isEqualTo(2);
		createTable("uuid", ", trace_context varchar(255)");
		this.time.advance(TraceColumn.PAUSE);
		UUID stored = store();
		this.column.write(List.of(stored), CONTEXT);
		assertThat(this.column.read(stored)).isEqualTo(CONTEXT);
		assertThat(output).containsOnlyOnce("could not be looked at");
	}

	@Test
	void databaseThatIsDownIsLetBe() {
		createTable("uuid", ", trace_context varchar(255)");
		UUID id = store();
		this.column.write(List.of(id), CONTEXT);
		this.database.down = true;
		this.database.connections = 0;
		for (int i = 0; i < 10; i++) {
			assertThat(this.column.read(id)).isNull();
		}
		assertThat(this.database.connections).isEqualTo(1);
		this.database.down = false;
		this.time.advance(TraceColumn.PAUSE);
		assertThat(this.column.read(id)).isEqualTo(CONTEXT);
	}

	@Test
	void templateThatCannotBeHadIsNoFailure() {
		TraceColumn column = new TraceColumn(() -> {
			throw new BeanCreationNotAllowedException("jdbcTemplate", "shutting down");
		}, TABLE, this.time);
		column.write(List.of(UUID.randomUUID()), CONTEXT);
		assertThat(column.read(UUID.randomUUID())).isNull();
		assertThat(new TraceColumn(() -> null, TABLE, this.time).read(UUID.randomUUID())).isNull();
	}

	@Test
	void columnThatCannotBeWrittenIsGivenUp(CapturedOutput output) {
		createTable("uuid", ", trace_context varchar(255) check (trace_context = 'nothing')");
		List<UUID> ids = this.transaction.execute((status) -> {
			UUID first = store();
			this.column.write(List.of(first), CONTEXT);
			UUID second = store();
			this.column.write(List.of(second), CONTEXT);
			return List.of(first, second);
		});
		assertThat(this.jdbc.queryForList("select id from event_publication", UUID.class))
			.containsExactlyInAnyOrderElementsOf(ids);
		assertThat(output).containsOnlyOnce("column TRACE_CONTEXT of EVENT_PUBLICATION could not be used")
			.contains("Check constraint violation");
	}

	@Test
	void transactionHasOnlySoManySavepoints() {
		createTable("uuid", ", trace_context varchar(255)");
		for (int i = 0; i < 2; i++) {
			this.transaction.executeWithoutResult((status) -> {
				for (int j = 0; j < TraceColumn.MAX_SAVEPOINTS + 5; j++) {
					this.column.write(List.of(store()), CONTEXT);
				}
			});
		}
		assertThat(contexts()).hasSize(2 * TraceColumn.MAX_SAVEPOINTS);
		assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
	}

	/**
	 * A database that can be down.
	 */
	private static final class Database extends SimpleDriverDataSource {

		private boolean down;

		private int connections;

		Database() {
			super(new Driver(), "jdbc:h2:mem:traces;DB_CLOSE_DELAY=-1");
		}

		@Override
		public Connection getConnection() throws SQLException {
			this.connections++;
			if (this.down) {
				throw new SQLException("down");
			}
			return super.getConnection();
		}

	}

}
