package io.hindspan.jdbc;

import java.sql.SQLException;
import java.sql.Wrapper;

/**
 * Finds what is behind a wrapper as if the wrapper were not there.
 */
final class Delegates {

	private Delegates() {
	}

	static <T> T unwrap(Wrapper delegate, Class<T> iface) throws SQLException {
		if (iface.isInstance(delegate) && !delegate.isWrapperFor(iface)) {
			return iface.cast(delegate);
		}
		return delegate.unwrap(iface);
	}

	static boolean isWrapperFor(Wrapper delegate, Class<?> iface) throws SQLException {
		return iface.isInstance(delegate) || delegate.isWrapperFor(iface);
	}

}
