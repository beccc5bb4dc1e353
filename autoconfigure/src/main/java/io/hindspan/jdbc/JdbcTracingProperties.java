package io.hindspan.jdbc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of SQL statements.
 *
 * @param enabled whether the statements of every DataSource bean are traced
 * @param queryText whether the span of a statement carries its text, in which every value
 * is replaced by a question mark
 */
@ConfigurationProperties("hindspan.jdbc")
record JdbcTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean queryText) {

}
