package io.hindspan.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A result set whose rows are counted. The span ends with the last row, or when the
 * result set is closed before.
 */
final class TracedResultSet extends DelegatingResultSet {

	private final Statement statement;

	private final StatementSpan span;

	TracedResultSet(ResultSet delegate, Statement statement, StatementSpan span) {
		super(delegate);
		this.statement = statement;
		this.span = span;
	}

	@Override
	public boolean next() throws SQLException {
		try {
			boolean found = delegate().next();
			if (found) {
				this.span.countRow();
			}
			else {
				this.span.end();
			}
			return found;
		}
		catch (Throwable ex) {
			this.span.end(ex);
			throw ex;
		}
	}

	@Override
	public boolean first() throws SQLException {
		return moved(delegate().first());
	}

	@Override
	public boolean last() throws SQLException {
		return moved(delegate().last());
	}

	@Override
	public boolean absolute(int row) throws SQLException {
		return moved(delegate().absolute(row));
	}

	@Override
	public boolean relative(int rows) throws SQLException {
		return moved(delegate().relative(rows));
	}

	@Override
	public boolean previous() throws SQLException {
		return moved(delegate().previous());
	}

	private boolean moved(boolean found) {
		if (found) {
			try {
				this.span.countRowsTo(delegate().getRow());
			}
			catch (SQLException ex) {
				// A driver need not know the number: the count goes on without it
			}
		}
		return found;
	}

	@Override
	public Statement getStatement() throws SQLException {
		// Asked all the same, since a closed result set throws
		Statement statement = delegate().getStatement();
		return (statement != null) ? this.statement : null;
	}

	@Override
	public void close() throws SQLException {
		try {
			delegate().close();
		}
		finally {
			this.span.end();
		}
	}

	@Override
	public <T> T unwrap(Class<T> iface) throws SQLException {
		return Delegates.unwrap(delegate(), iface);
	}

	@Override
	public boolean isWrapperFor(Class<?> iface) throws SQLException {
		return Delegates.isWrapperFor(delegate(), iface);
	}

	@Override
	public String toString() {
		return delegate().toString();
	}

}
