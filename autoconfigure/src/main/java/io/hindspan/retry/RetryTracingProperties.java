package io.hindspan.retry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of retries.
 *
 * @param enabled whether each further attempt of a Retryable method or a RetryTemplate
 * bean is an event of the span that it is made in
 */
@ConfigurationProperties("hindspan.retry")
record RetryTracingProperties(@DefaultValue("true") boolean enabled) {

}
