/**
 * Calls that are tried again: {@code @Retryable}, {@code RetryTemplate} and the requests
 * of Apache HttpClient.
 */
@NullMarked
package io.hindspan.retry;

import org.jspecify.annotations.NullMarked;
