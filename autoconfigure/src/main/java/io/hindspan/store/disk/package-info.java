/**
 * Traces on disk, for longer than memory keeps them. Needs {@code h2-mvstore}, or H2
 * itself, on the class path.
 */
@NullMarked
package io.hindspan.store.disk;

import org.jspecify.annotations.NullMarked;
