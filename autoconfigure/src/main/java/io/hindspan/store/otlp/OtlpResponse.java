package io.hindspan.store.otlp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The bodies of answers to OTLP requests: an {@code ExportTraceServiceResponse}, and a
 * {@code google.rpc.Status} for a request that cannot be read.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp-response">OTLP/HTTP
 * Response</a>
 */
public final class OtlpResponse {

	/** {@code INVALID_ARGUMENT}. */
	private static final int INVALID = 3;

	private OtlpResponse() {
	}

	/**
	 * The answer to a request of which all or some spans were taken, as protobuf.
	 * @param rejected how many spans were not taken
	 * @param reason why
	 * @return the body
	 */
	public static byte[] protobuf(int rejected, String reason) {
		if (rejected == 0) {
			return new byte[0];
		}
		ByteArrayOutputStream partial = new ByteArrayOutputStream();
		number(partial, 1, rejected);
		text(partial, 2, reason.getBytes(StandardCharsets.UTF_8));
		ByteArrayOutputStream response = new ByteArrayOutputStream();
		text(response, 1, partial.toByteArray());
		return response.toByteArray();
	}

	/**
	 * The answer to a request of which all or some spans were taken, as JSON.
	 * @param rejected how many spans were not taken
	 * @param reason why
	 * @return the body
	 */
	public static String json(int rejected, String reason) {
		if (rejected == 0) {
			return "{}";
		}
		StringBuilder json = new StringBuilder("{\"partialSuccess\":{\"rejectedSpans\":\"").append(rejected)
			.append("\",\"errorMessage\":");
		JsonText.string(json, reason);
		return json.append("}}").toString();
	}

	/**
	 * The answer to a request that cannot be read, as protobuf.
	 * @param message what is wrong with it
	 * @return the body
	 */
	public static byte[] protobufError(String message) {
		ByteArrayOutputStream status = new ByteArrayOutputStream();
		number(status, 1, INVALID);
		text(status, 2, message.getBytes(StandardCharsets.UTF_8));
		return status.toByteArray();
	}

	/**
	 * The answer to a request that cannot be read, as JSON.
	 * @param message what is wrong with it
	 * @return the body
	 */
	public static String jsonError(String message) {
		StringBuilder json = new StringBuilder("{\"code\":").append(INVALID).append(",\"message\":");
		JsonText.string(json, message);
		return json.append('}').toString();
	}

	private static void number(ByteArrayOutputStream out, int field, int number) {
		out.write(ProtobufReader.tag(field, ProtobufReader.VARINT));
		varint(out, number);
	}

	private static void text(ByteArrayOutputStream out, int field, byte[] bytes) {
		out.write(ProtobufReader.tag(field, ProtobufReader.LENGTH));
		varint(out, bytes.length);
		out.writeBytes(bytes);
	}

	private static void varint(ByteArrayOutputStream out, int number) {
		int rest = number;
		while ((rest & ~0x7F) != 0) {
			out.write(rest & 0x7F | 0x80);
			rest >>>= 7;
		}
		out.write(rest);
	}

}
