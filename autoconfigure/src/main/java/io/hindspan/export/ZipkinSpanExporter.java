package io.hindspan.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.zip.GZIPOutputStream;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/**
 * Sends spans to Zipkin, or to whoever understands its JSON, with one attempt for each
 * batch. Needs no library of Zipkin's. Thread-safe.
 *
 * @see <a href="https://zipkin.io/zipkin-api/#/default/post_spans">POST /spans</a>
 */
final class ZipkinSpanExporter implements SpanExporter {

	private final boolean gzip;

	private final HttpPost post;

	ZipkinSpanExporter(URI endpoint, Map<String, List<String>> headers, boolean gzip, Duration timeout,
			HttpClient client) {
		this.gzip = gzip;
		Map<String, List<String>> all = new LinkedHashMap<>(headers);
		all.put("Content-Type", List.of("application/json"));
		if (gzip) {
			all.put("Content-Encoding", List.of("gzip"));
		}
		this.post = new HttpPost(endpoint, () -> all, timeout, client);
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		byte[] json = ZipkinJson.write(spans).getBytes(StandardCharsets.UTF_8);
		CompletableResultCode result = new CompletableResultCode();
		byte[] body = this.gzip ? gzip(json) : json;
		this.post.send(HttpRequest.BodyPublishers.ofByteArray(body)).whenComplete((reply, failure) -> {
			if (failure == null) {
				result.succeed();
			}
			else {
				result.failExceptionally((failure instanceof CompletionException) ? failure.getCause() : failure);
			}
		});
		return result;
	}

	private static byte[] gzip(byte[] bytes) {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 4);
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return compressed.toByteArray();
	}

	@Override
	public CompletableResultCode flush() {
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public CompletableResultCode shutdown() {
		this.post.close();
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public String toString() {
		return "ZipkinSpanExporter{" + this.post.location() + "}";
	}

}
