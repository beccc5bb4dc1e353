package io.hindspan.s3;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Amazon S3 and the other services of the AWS SDK.
 *
 * @param enabled whether the calls of an AWS SDK client bean are CLIENT spans
 * @param objectKeys whether a span tells the key of the object, which may name a person
 */
@ConfigurationProperties("hindspan.s3")
record S3TracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean objectKeys) {

}
