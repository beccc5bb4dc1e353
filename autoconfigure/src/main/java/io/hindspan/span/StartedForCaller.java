package io.hindspan.span;

import io.opentelemetry.context.Context;

/**
 * An observation's context whose work was asked for on one thread and starts on another,
 * such as an event loop. Implemented by the contexts of technologies.
 */
public interface StartedForCaller {

	/**
	 * What was current where the work was asked for.
	 * @return the caller's context
	 */
	Context callersContext();

}
