/**
 * The most recent traces, in bounded memory and, where a directory is named, on disk:
 * what a service has finished itself and what its siblings send, with a search over it.
 */
@NullMarked
package io.hindspan.store;

import org.jspecify.annotations.NullMarked;
