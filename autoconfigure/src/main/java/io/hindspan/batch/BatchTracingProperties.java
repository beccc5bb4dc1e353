package io.hindspan.batch;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of Spring Batch.
 *
 * @param enabled whether jobs and steps are described by their names and counts, items
 * have no spans, and steps that are no beans are traced
 * @param chunkSpans whether writing a chunk has a span of its own beneath its step
 */
@ConfigurationProperties("hindspan.batch")
record BatchTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean chunkSpans) {

}
