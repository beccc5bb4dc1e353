package io.hindspan.test;

import java.util.List;
import java.util.Map;

import io.opentelemetry.proto.trace.v1.ResourceSpans;

/**
 * One export request, as it came in: how an exporter groups its spans and what it sends
 * along. Immutable.
 *
 * @param headers the headers, their names in lower case
 * @param bodyBytes the size of the body: over HTTP as it was sent, compressed or not,
 * over gRPC of the message, without compression
 * @param resourceSpans the spans, grouped as the exporter grouped them
 */
public record RecordedRequest(Map<String, List<String>> headers, int bodyBytes, List<ResourceSpans> resourceSpans) {

	/**
	 * Copies the collections.
	 */
	public RecordedRequest {
		headers = Map.copyOf(headers);
		resourceSpans = List.copyOf(resourceSpans);
	}

	/**
	 * The spans of the request.
	 * @return the spans in the order in which they were sent
	 */
	public List<RecordedSpan> spans() {
		return SpanDecoder.decode(this.resourceSpans);
	}

}
