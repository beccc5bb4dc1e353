package io.hindspan.test.server;

import org.jspecify.annotations.Nullable;

/** Closes what servers consist of. */
final class Closing {

	private Closing() {
	}

	static void close(@Nullable AutoCloseable resource) {
		if (resource == null) {
			return;
		}
		try {
			resource.close();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Cannot stop " + resource, ex);
		}
	}

}
