package io.hindspan.store.otlp;

import java.util.List;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * The spans of an {@code ExportTraceServiceRequest}. It is bounded by what it is read
 * from, by {@value SpanIntake#MAX_SPANS} spans, and in each span by
 * {@value AttributeParts#MAX_ATTRIBUTES} attributes,
 * {@value SpanIntake#MAX_EVENTS} events and as many links; what exceeds a bound is
 * counted as dropped. Texts are cut at {@value AttributeParts#MAX_TEXT} characters.
 * Values that are no text, number, boolean or list of these are JSON texts. Nothing in it
 * is guarded. Immutable.
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
