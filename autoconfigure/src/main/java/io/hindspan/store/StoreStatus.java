package io.hindspan.store;

import org.jspecify.annotations.Nullable;

import io.hindspan.store.disk.DiskStatus;

/**
 * What the store holds at a moment. Immutable.
 *
 * @param traces how many traces
 * @param spans how many spans
 * @param bytes how much memory they take, as the store estimates it
 * @param maxBytes how much memory they may take
 * @param evictedBySize how many traces were forgotten for want of room
 * @param evictedByAge how many traces were forgotten since they were old
 * @param rejectedSpans how many spans were not taken: traces or spans of excessive size
 * @param revision the number of the last change
 * @param disk what is on disk, or {@code null} if nothing is kept there
 */
public record StoreStatus(int traces, int spans, long bytes, long maxBytes, long evictedBySize, long evictedByAge,
		long rejectedSpans, long revision, @Nullable DiskStatus disk) {

}
