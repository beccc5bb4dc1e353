package io.hindspan.retry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of retries.
 *
 * @param enabled whether each further attempt of a Retryable method, a RetryTemplate bean
 * or a request of Apache HttpClient is an event of the span that it is made in
 */
@ConfigurationProperties("hindspan.retry")
record RetryTracingProperties(@DefaultValue("true") boolean enabled) {

}
