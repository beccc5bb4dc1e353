package io.hindspan.sampling;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.hindspan.core.BoundedBody;

/**
 * The endpoint of a Jaeger collector, or of a collector that speaks like one, that tells
 * the strategies of a service. Its requests make no spans.
 */
final class StrategyEndpoint implements StrategySource {

	private static final int MAX_SIZE = 1024 * 1024;

	private static final int OK = 200;

	private final URI uri;

	private final Duration timeout;

	private final HttpClient client;

	StrategyEndpoint(URI url, String service, Duration timeout) {
		String query = "service=" + URLEncoder.encode(service, StandardCharsets.UTF_8);
		this.uri = URI.create(url + ((url.getRawQuery() != null) ? "&" : "?") + query);
		this.timeout = timeout;
		this.client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(timeout)
			.build();
	}

	@Override
	public @Nullable ServiceStrategies read() throws IOException {
		HttpRequest request = HttpRequest.newBuilder(this.uri)
			.header("Accept", "application/json")
			.timeout(this.timeout)
			.build();
		// The request's timeout ends with the headers of the response
		CompletableFuture<HttpResponse<byte[]>> exchange = this.client.sendAsync(request,
				(response) -> new BoundedBody((response.statusCode() == OK) ? MAX_SIZE : 0));
		try {
			HttpResponse<byte[]> response = exchange.get(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
			if (response.statusCode() != OK) {
				throw new IllegalArgumentException("answers with status " + response.statusCode());
			}
			return StrategyReader.answer(new String(response.body(), StandardCharsets.UTF_8));
		}
		catch (TimeoutException ex) {
			throw new IllegalArgumentException("does not answer in " + this.timeout.toMillis() + " ms", ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IllegalArgumentException tooLong) {
				throw tooLong;
			}
			throw (ex.getCause() instanceof IOException cause) ? cause : new IOException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException();
		}
		finally {
			exchange.cancel(true);
		}
	}

	@Override
	public String toString() {
		// A query may be a secret
		String port = (this.uri.getPort() >= 0) ? ":" + this.uri.getPort() : "";
		return "URL [" + this.uri.getScheme() + "://" + this.uri.getHost() + port + this.uri.getRawPath() + "]";
	}

}
