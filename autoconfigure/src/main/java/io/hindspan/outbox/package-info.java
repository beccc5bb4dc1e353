/**
 * The trace of what is written into an outbox and sent later.
 */
@NullMarked
package io.hindspan.outbox;

import org.jspecify.annotations.NullMarked;
