/**
 * Where batches of spans wait on disk for a target that does not take them.
 */
@NullMarked
package io.hindspan.export.spool;

import org.jspecify.annotations.NullMarked;
