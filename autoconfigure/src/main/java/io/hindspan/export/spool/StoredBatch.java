package io.hindspan.export.spool;

import java.nio.file.Path;
import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * A batch that is in a spool.
 *
 * @param file the file that holds it
 * @param spans its spans
 */
public record StoredBatch(Path file, List<SpanData> spans) {

}
