package io.hindspan.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of OpenTelemetry's OTLP exporter over HTTP, one attempt each: the
 * target is what tries again. Unlike OpenTelemetry's own senders it hands on what a reply
 * asks for and what it refuses, as a {@link SendFailure}. Thread-safe.
 */
final class OtlpHttpSender implements HttpSender {

	private static final int USUAL_COMPRESSION = 8;

	private final @Nullable Compressor compressor;

	private final HttpPost post;

	OtlpHttpSender(HttpSenderConfig config) {
		this.compressor = config.getCompressor();
		HttpClient.Builder client = HttpPost.client(config.getConnectTimeout());
		if (config.getSslContext() != null) {
			client.sslContext(config.getSslContext());
		}
		if (config.getProxyOptions() != null) {
			client.proxy(config.getProxyOptions().getProxySelector());
		}
		if (config.getExecutorService() != null) {
			client.executor(config.getExecutorService());
		}
		this.post = new HttpPost(config.getEndpoint(), () -> headers(config), config.getTimeout(), client.build());
		this.post.request(HttpRequest.BodyPublishers.noBody());
	}

	private static Map<String, List<String>> headers(HttpSenderConfig config) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		Map<String, List<String>> configured = config.getHeadersSupplier().get();
		if (configured != null) {
			headers.putAll(configured);
		}
		headers.put("Content-Type", List.of(config.getContentType()));
		Compressor compressor = config.getCompressor();
		if (compressor != null) {
			headers.put("Content-Encoding", List.of(compressor.getEncoding()));
		}
		return headers;
	}

	@Override
	public void send(MessageWriter message, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
		HttpRequest.BodyPublisher body;
		try {
			body = body(message);
		}
		catch (IOException ex) {
			onError.accept(ex);
			return;
		}
		this.post.send(body).whenComplete((reply, failure) -> {
			if (failure != null) {
				Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
				ExporterLog.HTTP.quietly(() -> onError.accept(cause));
				return;
			}
			SendFailure rejected = PartialSuccess.in(reply);
			if (rejected != null) {
				ExporterLog.HTTP.quietly(() -> onError.accept(rejected));
			}
			else {
				onResponse.accept(new Taken(reply));
			}
		});
	}

	private HttpRequest.BodyPublisher body(MessageWriter message) throws IOException {
		if (this.compressor == null) {
			Body body = new Body(message.getContentLength());
			message.writeMessage(body);
			return body.publisher();
		}
		Body body = new Body(message.getContentLength() / USUAL_COMPRESSION);
		try (OutputStream compressed = this.compressor.compress(body)) {
			message.writeMessage(compressed);
		}
		return body.publisher();
	}

	@Override
	public CompletableResultCode shutdown() {
		this.post.close();
		return CompletableResultCode.ofSuccess();
	}

	/**
	 * A body that is not copied before it is sent.
	 */
	private static final class Body extends ByteArrayOutputStream {

		private Body(int size) {
			super(Math.max(size, 1024));
		}

		private HttpRequest.BodyPublisher publisher() {
			return HttpRequest.BodyPublishers.ofByteArray(this.buf, 0, this.count);
		}

	}

	/**
	 * The reply to a request that was taken.
	 */
	private record Taken(byte[] body) implements HttpResponse {

		@Override
		public int getStatusCode() {
			return 200;
		}

		@Override
		public String getStatusMessage() {
			return "";
		}

		@Override
		public byte[] getResponseBody() {
			return this.body;
		}

	}

}
