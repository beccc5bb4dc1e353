/**
 * The role that works in the background: it indexes new tasks, has people notified and
 * keeps the audit log.
 */
@NullMarked
package io.hindspan.sample.worker;

import org.jspecify.annotations.NullMarked;
