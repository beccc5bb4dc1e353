package io.hindspan.store.disk;

import java.util.List;

import io.hindspan.store.Trace;

/**
 * The answer to a search on disk. Immutable.
 *
 * @param traces the traces that match, the newest first
 * @param complete whether all that were asked for were looked at; otherwise there may be
 * more that match
 */
public record DiskScan(List<Trace> traces, boolean complete) {

	/**
	 * Creates an answer.
	 * @param traces the traces that match, the newest first
	 * @param complete whether all were looked at
	 */
	public DiskScan {
		traces = List.copyOf(traces);
	}

}
