package io.hindspan.jdbc;

import java.sql.CallableStatement;

/**
 * A callable statement that has a span for each execution.
 */
final class TracedCallableStatement extends DelegatingCallableStatement {

	TracedCallableStatement(CallableStatement delegate, TracedConnection connection, String sql) {
		super(delegate, connection, sql);
	}

}
