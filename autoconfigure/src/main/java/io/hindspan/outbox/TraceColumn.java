package io.hindspan.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.ResourceHolderSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The column {@value #NAME} that a user may add to the table of Spring Modulith's JDBC
 * store. It is looked for when it is first needed, which is when Modulith has just used
 * the table itself. Modulith's JPA store has a table of the same name, but writes its
 * rows at the end of the transaction, where there is none yet to be updated. Thread-safe.
 * <p>
 * What goes wrong here is undone up to a savepoint, since PostgreSQL would refuse to
 * commit the application's transaction after it.
 */
final class TraceColumn {

	static final String NAME = "TRACE_CONTEXT";

	/** How long a look that failed, or a database that is down, is let be. */
	static final Duration PAUSE = Duration.ofMinutes(1);

	/** PostgreSQL slows down where a transaction writes in more than 64 savepoints. */
	static final int MAX_SAVEPOINTS = 32;

	private static final int MAX_REASON = 200;

	private static final SpanContext UNSAMPLED = SpanContext.create("0".repeat(31) + '1', "0".repeat(15) + '1',
			TraceFlags.getDefault(), TraceState.getDefault());

	private static final Logger logger = LoggerFactory.getLogger(TraceColumn.class);

	private final Supplier<@Nullable JdbcTemplate> jdbc;

	private final String table;

	private final Clock clock;

	private final AtomicReference<@Nullable Form> form = new AtomicReference<>();

	private final AtomicBoolean failureTold = new AtomicBoolean();

	private volatile Instant nextLook = Instant.MIN;

	TraceColumn(Supplier<@Nullable JdbcTemplate> jdbc, String table, Clock clock) {
		this.jdbc = jdbc;
		this.table = table;
		this.clock = clock;
	}

	/**
	 * Writes the context of publications, in the transaction that stored them.
	 */
	void write(Collection<UUID> publications, String context) {
		Form form = form();
		if (form.jdbc == null || context.length() > form.length || !hasSavepointsLeft()) {
			return;
		}
		use(form, form.jdbc, (connection) -> {
			try (PreparedStatement update = connection
				.prepareStatement("UPDATE " + this.table + " SET " + NAME + " = ? WHERE ID = ?")) {
				for (UUID publication : publications) {
					update.setString(1, context);
					update.setObject(2, form.id(publication));
					update.executeUpdate();
				}
			}
			return null;
		});
	}

	/**
	 * The context of a publication, or {@code null} if it is not there.
	 */
	@Nullable String read(UUID publication) {
		Form form = form();
		return (form.jdbc == null) ? null : use(form, form.jdbc, (connection) -> {
			try (PreparedStatement select = connection
				.prepareStatement("SELECT " + NAME + " FROM " + this.table + " WHERE ID = ?")) {
				select.setObject(1, form.id(publication));
				try (ResultSet rows = select.executeQuery()) {
					return rows.next() ? rows.getString(1) : null;
				}
			}
		});
	}

	private @Nullable String use(Form form, JdbcTemplate jdbc, ConnectionCallback<String> statements) {
		try {
			return inSavepoint(jdbc, statements);
		}
		catch (CannotGetJdbcConnectionException ex) {
			this.nextLook = this.clock.instant().plus(PAUSE);
			this.form.compareAndSet(form, null);
			logger.debug("Could not reach the table of the event publications", ex);
		}
		catch (RuntimeException ex) {
			if (this.form.compareAndSet(form, Form.NONE)) {
				logger.warn(
						"The traces of event publications are known to this process only from now on: "
								+ "column {} of {} could not be used. What the application wrote is not affected. {}",
						NAME, this.table, reason(ex));
			}
			logger.debug("Could not use the column of the traces", ex);
		}
		return null;
	}

	private Form form() {
		Form form = this.form.get();
		if (form == null && !this.clock.instant().isBefore(this.nextLook)) {
			form = look();
		}
		return Objects.requireNonNullElse(form, Form.NONE);
	}

	private @Nullable Form look() {
		try {
			JdbcTemplate jdbc = this.jdbc.get();
			Form found = (jdbc != null) ? look(jdbc) : Form.NONE;
			if (this.form.compareAndSet(null, found) && found == Form.NONE) {
				logger.info(
						"The traces of event publications are known to this process only. To keep them for a "
								+ "restart, add a column to their table: ALTER TABLE {} ADD COLUMN {} VARCHAR(255)",
						this.table, NAME);
			}
			return this.form.get();
		}
		catch (RuntimeException ex) {
			this.nextLook = this.clock.instant().plus(PAUSE);
			if (this.failureTold.compareAndSet(false, true)) {
				logger.warn("The traces of event publications are known to this process only: table {} could not be "
						+ "looked at, which is tried again later. {}", this.table, reason(ex));
			}
			logger.debug("Could not look at the table of the event publications", ex);
			return null;
		}
	}

	/**
	 * Looks without a span: nobody asked for it.
	 */
	private Form look(JdbcTemplate jdbc) {
		try (Scope scope = Span.wrap(UNSAMPLED).makeCurrent()) {
			return inSavepoint(jdbc, (connection) -> look(jdbc, connection));
		}
	}

	private Form look(JdbcTemplate jdbc, Connection connection) throws SQLException {
		try (Statement select = connection.createStatement();
				ResultSet rows = select.executeQuery("SELECT * FROM " + this.table + " WHERE 1 = 0")) {
			ResultSetMetaData columns = rows.getMetaData();
			int length = -1;
			boolean textIds = true;
			for (int i = 1; i <= columns.getColumnCount(); i++) {
				String name = columns.getColumnName(i);
				if (name.equalsIgnoreCase(NAME)) {
					length = columns.getPrecision(i);
				}
				if (name.equalsIgnoreCase("ID")) {
					textIds = isText(columns.getColumnType(i));
				}
			}
			if (length < 0) {
				return Form.NONE;
			}
			return new Form(jdbc, (length > 0) ? length : Integer.MAX_VALUE, textIds);
		}
	}

	private static boolean isText(int type) {
		return type == Types.VARCHAR || type == Types.CHAR || type == Types.NVARCHAR || type == Types.NCHAR;
	}

	private static <T extends @Nullable Object> T inSavepoint(JdbcTemplate jdbc, ConnectionCallback<T> statements) {
		return jdbc.execute((ConnectionCallback<T>) (connection) -> {
			// Where each statement commits itself there is nothing to go back to
			Savepoint savepoint = connection.getAutoCommit() ? null : connection.setSavepoint();
			T result;
			try {
				result = statements.doInConnection(connection);
			}
			catch (SQLException | RuntimeException ex) {
				rollback(connection, savepoint, ex);
				throw ex;
			}
			release(connection, savepoint);
			return result;
		});
	}

	private static void rollback(Connection connection, @Nullable Savepoint savepoint, Exception failure) {
		try {
			if (savepoint != null) {
				connection.rollback(savepoint);
			}
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
		}
	}

	private static void release(Connection connection, @Nullable Savepoint savepoint) {
		try {
			if (savepoint != null) {
				connection.releaseSavepoint(savepoint);
			}
		}
		catch (SQLException ex) {
			// Oracle and SQL Server only release them at the end
			logger.trace("Could not release a savepoint", ex);
		}
	}

	private boolean hasSavepointsLeft() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			return true;
		}
		Savepoints savepoints = (Savepoints) TransactionSynchronizationManager.getResource(this);
		if (savepoints == null) {
			savepoints = new Savepoints();
			TransactionSynchronizationManager.bindResource(this, savepoints);
			TransactionSynchronizationManager
				.registerSynchronization(new ResourceHolderSynchronization<>(savepoints, this) {
				});
		}
		return ++savepoints.count <= MAX_SAVEPOINTS;
	}

	/**
	 * What the database says, without the details in which PostgreSQL repeats the row.
	 */
	private static String reason(RuntimeException ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		String text = cause.toString().lines().findFirst().orElse("");
		return (text.length() > MAX_REASON) ? text.substring(0, MAX_REASON) : text;
	}

	/**
	 * How many savepoints a transaction has had.
	 */
	private static final class Savepoints extends ResourceHolderSupport {

		private int count;

	}

	private record Form(@Nullable JdbcTemplate jdbc, int length, boolean textIds) {

		static final Form NONE = new Form(null, 0, false);

		Object id(UUID publication) {
			return this.textIds ? publication.toString() : publication;
		}

	}

}
