package io.hindspan.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * A thread's wait for a connection. A router or a pool asks another {@code DataSource} in
 * turn, whose wait is part of this one. Used by the thread that waits.
 */
final class Acquisition {

	private final @Nullable Object dataSource;

	private final @Nullable Acquisition outer;

	private final long start = System.nanoTime();

	private @Nullable Acquisition inner;

	private boolean failureTold;

	Acquisition(@Nullable Object dataSource, @Nullable Acquisition outer) {
		this.dataSource = dataSource;
		this.outer = outer;
	}

	@Nullable Object dataSource() {
		return this.dataSource;
	}

	@Nullable Acquisition outer() {
		return this.outer;
	}

	/**
	 * The wait for the {@code DataSource} that handed out the connection in the end.
	 */
	Acquisition innermost() {
		Acquisition innermost = this;
		for (Acquisition next = this.inner; next != null; next = next.inner) {
			innermost = next;
		}
		return innermost;
	}

	/**
	 * How long it has taken, in nanoseconds.
	 */
	long nanos() {
		return System.nanoTime() - this.start;
	}

	/**
	 * The wait is over.
	 * @param failure why no connection could be had, or {@code null} if one was
	 * @return whether nobody else tells of it
	 */
	boolean isToBeTold(@Nullable Throwable failure) {
		Acquisition outer = this.outer;
		if (failure == null) {
			if (outer != null) {
				outer.inner = this;
			}
			return outer == null;
		}
		if (outer != null) {
			// It may do with another connection
			outer.failureTold = true;
		}
		return !this.failureTold;
	}

}
