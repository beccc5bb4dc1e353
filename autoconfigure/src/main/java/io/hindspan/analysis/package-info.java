/**
 * What a trace tells: findings with cause, impact and action, its critical path, and how
 * it differs from another one.
 */
@NullMarked
package io.hindspan.analysis;

import org.jspecify.annotations.NullMarked;
