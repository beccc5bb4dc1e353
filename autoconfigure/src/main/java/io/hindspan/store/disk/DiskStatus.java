package io.hindspan.store.disk;

import org.jspecify.annotations.Nullable;

/**
 * What is on disk at a moment. Immutable.
 *
 * @param traces how many traces
 * @param bytes how long their spans are, compressed
 * @param fileBytes how long the file is
 * @param maxBytes how long it may be
 * @param expiredTraces how many traces were deleted since they were old
 * @param evictedTraces how many traces were deleted for want of room
 * @param lostSpans how many spans were not written: while the file could not be used, or
 * more at a time than could be
 * @param problem why the file cannot be used at the moment, or {@code null} if it can
 */
public record DiskStatus(int traces, long bytes, long fileBytes, long maxBytes, long expiredTraces, long evictedTraces,
		long lostSpans, @Nullable String problem) {

}
