package io.hindspan.explorer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.explorer.ExplorerRequest.TooMuch;

/**
 * Takes the traces of other services. Whatever is sent, it takes no more than some bytes,
 * some time, some threads and some requests a second. Thread-safe.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
final class Intake {

	private static final Logger logger = LoggerFactory.getLogger(Intake.class);

	private static final String PROTOBUF = "application/x-protobuf";

	private static final String JSON = "application/json";

	private final TraceReader reader;

	private final UnaryOperator<List<SpanData>> guard;

	private final Consumer<List<SpanData>> store;

	private final Limits limits;

	private final TokenBucket requests;

	private final TokenBucket bytes;

	private final Semaphore places;

	Intake(TraceReader reader, UnaryOperator<List<SpanData>> guard, Consumer<List<SpanData>> store, Limits limits,
			LongSupplier nanoTime) {
		this.reader = reader;
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
		List<SpanData> spans;
		try {
			byte[] content = zipped ? inflate(body) : body;
			long wait = this.bytes.take(content.length);
			if (wait > 0) {
				return later(wait, "More than " + this.limits.bytesPerSecond() + " bytes per second.", json);
			}
			spans = this.reader.read(content, json);
		}
		catch (TooMuch ex) {
			throw ex;
		}
		catch (IOException | IllegalArgumentException ex) {
			return failure(400, "It cannot be read: " + ex.getMessage(), json);
		}
		catch (RuntimeException ex) {
			logger.debug("A request of another service cannot be read", ex);
			return failure(400, "It cannot be read.", json);
		}
		List<SpanData> guarded = this.guard.apply(spans);
		this.store.accept(guarded);
		return success(spans.size() - guarded.size(), json);
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
	}

	private static ExplorerResponse success(int rejected, boolean json) {
		String message = "They could not be read.";
		if (json) {
			Json answer = new Json().object();
			if (rejected > 0) {
				answer.name("partialSuccess")
					.object()
					.member("rejectedSpans", Integer.toString(rejected))
					.member("errorMessage", message)
					.endObject();
			}
			return answer(200, answer.endObject());
		}
		Protobuf answer = new Protobuf();
		if (rejected > 0) {
			answer.bytes(1, new Protobuf().number(1, rejected).text(2, message).toBytes());
		}
		return answer(200, answer);
	}

	private static ExplorerResponse later(long seconds, String message, boolean json) {
		return failure(429, message, json).with("Retry-After", Long.toString(seconds));
	}

	/**
	 * A failure as a {@code google.rpc.Status}.
	 */
	private static ExplorerResponse failure(int status, String message, boolean json) {
		int code = switch (status) {
			case 429 -> 8;
			case 408 -> 4;
			default -> 3;
		};
		if (json) {
			return answer(status,
					new Json().object()
						.member("code", code)
						.member("message", message)
						.member("error", message)
						.endObject());
		}
		return answer(status, new Protobuf().number(1, code).text(2, message));
	}

	private static ExplorerResponse answer(int status, Json body) {
		return ExplorerResponse.json(status, body.toBytes());
	}

	private static ExplorerResponse answer(int status, Protobuf body) {
		return ExplorerResponse.of(status, PROTOBUF, body.toBytes()).with("Cache-Control", "no-store");
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
