package io.hindspan.explorer;

import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Reads what other services send by OTLP over HTTP. Thread-safe.
 */
@FunctionalInterface
interface TraceReader {

	/**
	 * Reads a request.
	 * @param body an {@code ExportTraceServiceRequest}, of any content: it comes from
	 * outside
	 * @param json whether it is JSON, else protobuf
	 * @return the spans
	 * @throws RuntimeException if it cannot be read; the message says why
	 */
	List<SpanData> read(byte[] body, boolean json);

}
