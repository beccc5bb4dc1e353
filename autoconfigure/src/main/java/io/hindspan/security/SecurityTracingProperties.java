package io.hindspan.security;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Spring Security.
 *
 * @param enabled whether authentications and authorizations are told on the span of what
 * they are for, instead of spans of their own and of the filters
 */
@ConfigurationProperties("hindspan.security")
record SecurityTracingProperties(@DefaultValue("true") boolean enabled) {

}
