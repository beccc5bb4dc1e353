package io.hindspan.mongo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of MongoDB commands.
 *
 * @param enabled whether the commands of Spring Boot's MongoDB clients are traced
 * @param queryText whether the span of a command carries the command, in which every
 * value is replaced by a question mark
 */
@ConfigurationProperties("hindspan.mongo")
record MongoTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean queryText) {

}
