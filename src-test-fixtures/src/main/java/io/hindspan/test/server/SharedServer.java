package io.hindspan.test.server;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A server that is started when it is first asked for and stopped with the JVM. A start
 * that failed is not tried again: the tests that follow would wait in vain, each.
 *
 * @param <S> the type of server
 */
final class SharedServer<S extends AutoCloseable> {

	private final Supplier<S> starter;

	private @Nullable S server;

	private @Nullable RuntimeException failure;

	SharedServer(Supplier<S> starter) {
		this.starter = starter;
	}

	synchronized S get() {
		if (this.failure != null) {
			throw new IllegalStateException("The server did not start before: " + this.failure.getMessage(),
					this.failure);
		}
		if (this.server == null) {
			this.server = start();
		}
		return this.server;
	}

	private S start() {
		try {
			S started = this.starter.get();
			Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started), "shared-server-close"));
			return started;
		}
		catch (RuntimeException ex) {
			this.failure = ex;
			throw ex;
		}
	}

	private static void close(AutoCloseable server) {
		try {
			server.close();
		}
		catch (Exception ex) {
			// The JVM is on its way out, and so is the log.
		}
	}

}
