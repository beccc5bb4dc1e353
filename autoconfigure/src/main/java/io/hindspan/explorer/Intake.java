package io.hindspan.explorer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;

import io.opentelemetry.sdk.trace.data.SpanData;

import io.hindspan.explorer.ExplorerRequest.TooMuch;
import io.hindspan.store.otlp.MalformedOtlpException;
import io.hindspan.store.otlp.OtlpRequest;
import io.hindspan.store.otlp.OtlpResponse;

/**
 * Takes the traces of other services. Whatever is sent, it takes no more than some bytes,
 * some time, some threads and some requests a second. Thread-safe.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
final class Intake {

	private static final String PROTOBUF = "application/x-protobuf";

	private static final String JSON = "application/json";

	private final UnaryOperator<List<SpanData>> guard;

	private final ToIntFunction<List<SpanData>> store;

	private final Limits limits;

	private final TokenBucket requests;

	private final TokenBucket bytes;

	private final Semaphore places;

	Intake(UnaryOperator<List<SpanData>> guard, ToIntFunction<List<SpanData>> store, Limits limits,
			LongSupplier nanoTime) {
		this.guard = guard;
		this.store = store;
		this.limits = limits;
		this.requests = new TokenBucket(limits.requestsPerSecond(), 2, nanoTime);
		this.bytes = new TokenBucket(limits.bytesPerSecond(), 2, nanoTime);
		this.places = new Semaphore(limits.atOnce());
	}

	ExplorerResponse take(ExplorerRequest request) throws IOException {
		String type = request.contentType();
		boolean json = type.equals(JSON);
		if (!json && !type.equals(PROTOBUF)) {
			return failure(415, "Send " + PROTOBUF + " or " + JSON + ".", true);
		}
		String encoding = request.value("content-encoding");
		boolean zipped = "gzip".equalsIgnoreCase(encoding);
		if (!zipped && encoding != null && !"identity".equalsIgnoreCase(encoding)) {
			return failure(415, "Send it as it is, or with gzip.", json);
		}
		long wait = this.requests.take(1);
		if (wait > 0) {
			return later(wait, "More than " + this.limits.requestsPerSecond() + " requests per second.", json);
		}
		if (!this.places.tryAcquire()) {
			return later(1, "More than " + this.limits.atOnce() + " requests at once.", json);
		}
		try {
			return take(request, json, zipped);
		}
		catch (TooMuch ex) {
			return failure(ex.status(), ex.getMessage(), json);
		}
		finally {
			this.places.release();
		}
	}

	private ExplorerResponse take(ExplorerRequest request, boolean json, boolean zipped) throws IOException {
		byte[] body = request.body().read(this.limits.maxBytes());
		OtlpRequest sent;
		try {
			byte[] content = zipped ? inflate(body) : body;
			long wait = this.bytes.take(content.length);
			if (wait > 0) {
				return later(wait, "More than " + this.limits.bytesPerSecond() + " bytes per second.", json);
			}
			sent = json ? OtlpRequest.ofJson(content) : OtlpRequest.ofProtobuf(content);
		}
		catch (TooMuch ex) {
			throw ex;
		}
		catch (IOException | MalformedOtlpException ex) {
			return failure(400, "It cannot be read: " + ex.getMessage(), json);
		}
		List<SpanData> guarded = this.guard.apply(sent.spans());
		int unguarded = sent.spans().size() - guarded.size();
		int unstored = this.store.applyAsInt(guarded);
		int rejected = sent.rejected() + unguarded + unstored;
		String reason = (sent.reason() != null) ? sent.reason()
				: (unguarded > 0) ? "They could not be guarded" : "They or their traces are too large";
		return json ? json(200, OtlpResponse.json(rejected, reason))
				: protobuf(200, OtlpResponse.protobuf(rejected, reason));
	}

	private byte[] inflate(byte[] body) throws IOException {
		int max = this.limits.maxInflatedBytes();
		try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
			byte[] content = in.readNBytes(max + 1);
			if (content.length > max) {
				throw TooMuch.bytes(max);
			}
			return content;
		}
		catch (StackOverflowError ex) {
			// Of an empty member the stream gets to the next one by calling itself
			throw new IOException("It has too many empty members of gzip");
		}
	}

	private static ExplorerResponse later(long seconds, String message, boolean json) {
		return failure(429, message, json).with("Retry-After", Long.toString(seconds));
	}

	/**
	 * A failure as a {@code google.rpc.Status}.
	 */
	private static ExplorerResponse failure(int status, String message, boolean json) {
		return json ? json(status, OtlpResponse.jsonError(message))
				: protobuf(status, OtlpResponse.protobufError(message));
	}

	private static ExplorerResponse json(int status, String body) {
		return ExplorerResponse.json(status, body.getBytes(StandardCharsets.UTF_8));
	}

	private static ExplorerResponse protobuf(int status, byte[] body) {
		return ExplorerResponse.of(status, PROTOBUF, body).with("Cache-Control", "no-store");
	}

	/**
	 * What is taken.
	 *
	 * @param maxBytes how long a body may be
	 * @param maxInflatedBytes how long its content may be
	 * @param requestsPerSecond how many requests in a second
	 * @param bytesPerSecond how much content in a second
	 * @param atOnce how many requests at once
	 */
	record Limits(int maxBytes, int maxInflatedBytes, int requestsPerSecond, int bytesPerSecond, int atOnce) {

		static final Limits DEFAULT = new Limits(4 << 20, 16 << 20, 100, 16 << 20, 4);

	}

}
