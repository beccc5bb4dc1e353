package io.hindspan.outbox;

import java.sql.Types;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.StringUtils;

/**
 * The context in which each publication was stored: in the memory of this process, and
 * with the row where its table has a column for it. A publication's own columns are never
 * touched. Thread-safe.
 */
final class PublicationTraces implements SmartInitializingSingleton {

	static final String COLUMN = "TRACE_CONTEXT";

	static final int MAX_REMEMBERED = 2_000;

	private static final SpanContext UNSAMPLED = SpanContext.create("0".repeat(31) + '1', "0".repeat(15) + '1',
			TraceFlags.getDefault(), TraceState.getDefault());

	private static final Logger logger = LoggerFactory.getLogger(PublicationTraces.class);

	private final ObjectProvider<JdbcOperations> jdbc;

	private final String table;

	private final Map<UUID, String> remembered = Collections.synchronizedMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<UUID, String> eldest) {
			return size() > MAX_REMEMBERED;
		}

	});

	private volatile @Nullable Storage storage;

	PublicationTraces(ObjectProvider<JdbcOperations> jdbc, Environment environment) {
		this.jdbc = jdbc;
		String schema = environment.getProperty("spring.modulith.events.jdbc.schema");
		this.table = StringUtils.hasText(schema) ? schema + ".EVENT_PUBLICATION" : "EVENT_PUBLICATION";
	}

	/**
	 * Looks for the column now, before the first transaction, and without a span.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		try (Scope scope = Span.wrap(UNSAMPLED).makeCurrent()) {
			storage();
		}
	}

	/**
	 * Notes the context of a publication, in the transaction that stored it.
	 */
	void note(UUID publication, String context) {
		this.remembered.put(publication, context);
		Storage storage = storage();
		if (storage.jdbc != null && context.length() <= storage.length) {
			try {
				storage.jdbc.update("UPDATE " + this.table + " SET " + COLUMN + " = ? WHERE ID = ?", context,
						storage.id(publication));
			}
			catch (RuntimeException ex) {
				logger.debug("Could not store the context of a publication", ex);
			}
		}
	}

	/**
	 * The context of a publication, or {@code null} if nobody knows it any more.
	 */
	@Nullable String find(UUID publication) {
		String context = this.remembered.get(publication);
		Storage storage = storage();
		if (context == null && storage.jdbc != null) {
			try {
				List<@Nullable String> found = storage.jdbc.query(
						"SELECT " + COLUMN + " FROM " + this.table + " WHERE ID = ?", (row, number) -> row.getString(1),
						storage.id(publication));
				context = found.isEmpty() ? null : found.get(0);
			}
			catch (RuntimeException ex) {
				logger.debug("Could not read the context of a publication", ex);
			}
		}
		return context;
	}

	private Storage storage() {
		Storage storage = this.storage;
		if (storage == null) {
			if (TransactionSynchronizationManager.isActualTransactionActive()) {
				// A table that is not there would spoil the application's transaction
				return Storage.NONE;
			}
			storage = look();
			this.storage = storage;
		}
		return storage;
	}

	private Storage look() {
		JdbcOperations jdbc = this.jdbc.getIfAvailable();
		if (jdbc == null) {
			return Storage.NONE;
		}
		try {
			Storage storage = jdbc.query("SELECT * FROM " + this.table + " WHERE 1 = 0", (rows) -> {
				int columns = rows.getMetaData().getColumnCount();
				int length = 0;
				boolean textIds = true;
				for (int i = 1; i <= columns; i++) {
					String name = rows.getMetaData().getColumnName(i);
					if (name.equalsIgnoreCase(COLUMN)) {
						length = rows.getMetaData().getPrecision(i);
					}
					if (name.equalsIgnoreCase("ID")) {
						int type = rows.getMetaData().getColumnType(i);
						textIds = type == Types.VARCHAR || type == Types.CHAR;
					}
				}
				return (length > 0) ? new Storage(jdbc, length, textIds) : Storage.NONE;
			});
			if (storage == Storage.NONE) {
				logger.info(
						"The traces of event publications are known to this process only. To keep them for a "
								+ "restart, add a column to their table: ALTER TABLE {} ADD COLUMN {} VARCHAR(255)",
						this.table, COLUMN);
			}
			return Objects.requireNonNullElse(storage, Storage.NONE);
		}
		catch (DataAccessException ex) {
			logger.debug("Could not look at the table of the event publications", ex);
			return Storage.NONE;
		}
	}

	private record Storage(@Nullable JdbcOperations jdbc, int length, boolean textIds) {

		static final Storage NONE = new Storage(null, 0, false);

		Object id(UUID publication) {
			return this.textIds ? publication.toString() : publication;
		}

	}

}
