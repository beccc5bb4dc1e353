/**
 * Redis commands that the application sends with Lettuce: one CLIENT span each, without
 * keys and values.
 */
@NullMarked
package io.hindspan.redis;

import org.jspecify.annotations.NullMarked;
