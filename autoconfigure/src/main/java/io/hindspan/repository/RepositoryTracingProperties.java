package io.hindspan.repository;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Spring Data repositories.
 *
 * @param enabled whether each call of a repository is a span of its own, besides those of
 * its statements or commands
 */
@ConfigurationProperties("hindspan.repository")
record RepositoryTracingProperties(@DefaultValue("false") boolean enabled) {

}
