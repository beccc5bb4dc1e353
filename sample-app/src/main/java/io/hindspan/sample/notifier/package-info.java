/**
 * The role that knows who is told what.
 */
@NullMarked
package io.hindspan.sample.notifier;

import org.jspecify.annotations.NullMarked;
