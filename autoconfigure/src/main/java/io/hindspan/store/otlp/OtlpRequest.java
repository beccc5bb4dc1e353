package io.hindspan.store.otlp;

import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * The spans of an {@code ExportTraceServiceRequest}. Beside the size of what it is read
 * from, it is bounded to 20,000 spans, of which each has at most 256 attributes, events
 * and links; what exceeds this is counted as dropped. Texts are cut at 32,768 characters.
 * Values that are no text, number, boolean or list of these are JSON texts, as for all
 * that has no such values. Nothing in it is guarded. Immutable.
 *
 * @param spans the spans, those of one resource with one instance of it
 * @param rejected how many spans were not taken
 * @param reason why the first of these was not taken, or {@code null} if all were
 */
public record OtlpRequest(List<SpanData> spans, int rejected, @Nullable String reason) {

	/**
	 * Creates a request.
	 * @param spans the spans
	 * @param rejected how many spans were not taken
	 * @param reason why the first of these was not taken
	 */
	public OtlpRequest {
		spans = List.copyOf(spans);
	}

	/**
	 * Reads the protobuf encoding, {@code application/x-protobuf}.
	 * @param body the body, as the sender meant it: not compressed any more
	 * @return the request
	 * @throws MalformedOtlpException if it is none
	 */
	public static OtlpRequest ofProtobuf(byte[] body) throws MalformedOtlpException {
		return new ProtobufRequest().read(body);
	}

	/**
	 * Reads the JSON encoding, {@code application/json}.
	 * @param body the body in UTF-8, not compressed any more
	 * @return the request
	 * @throws MalformedOtlpException if it is none
	 */
	public static OtlpRequest ofJson(byte[] body) throws MalformedOtlpException {
		return new JsonRequest().read(body);
	}

}
