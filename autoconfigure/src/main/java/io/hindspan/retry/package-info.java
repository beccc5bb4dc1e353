/**
 * Calls that Spring tries again: {@code @Retryable} and {@code RetryTemplate}.
 */
@NullMarked
package io.hindspan.retry;

import org.jspecify.annotations.NullMarked;
