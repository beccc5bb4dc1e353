package io.hindspan.explorer;

import io.hindspan.span.UntracedRequests;

/**
 * What the explorer keeps out of traces: its own requests.
 */
final class ExplorerPaths {

	private ExplorerPaths() {
	}

	static UntracedRequests untraced(String path) {
		return new UntracedRequests((asked) -> asked.startsWith(path)
				&& (asked.length() == path.length() || asked.charAt(path.length()) == '/'));
	}

}
