package io.hindspan.core;

import java.util.List;

/**
 * Tells which bounds a part of Hindspan keeps. Beans of this type are what the explorer
 * shows of memory, disk and queues. Thread-safe.
 */
@FunctionalInterface
public interface Bounded {

	/**
	 * The bounds, and how things stand now.
	 * @return the bounds, in the order in which to show them
	 */
	List<Bound> bounds();

}
