package io.hindspan.export;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hindspan.core.BoundedBody;

/**
 * Posts bodies to a URL. What the reply means for a batch is said by a
 * {@link SendFailure}, as OTLP/HTTP has it. Follows no redirects and makes no spans.
 * Thread-safe.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp-response">OTLP/HTTP
 * responses</a>
 */
final class HttpPost {

	private static final int MAX_REPLY = 64 * 1024;

	private static final int MULTIPLE_CHOICES = 300;

	private static final int OK = 200;

	/** Too Many Requests, Bad Gateway, Service Unavailable, Gateway Timeout. */
	private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

	private final URI uri;

	private final Supplier<Map<String, List<String>>> headers;

	private final Duration timeout;

	private final HttpClient client;

	private volatile @Nullable CompletableFuture<?> exchange;

	/**
	 * Creates one that sends nothing yet.
	 * @param headers the headers of each request, asked for each time
	 * @param timeout how long a request may take, its reply included
	 * @param client the client, which follows no redirects
	 */
	HttpPost(URI uri, Supplier<Map<String, List<String>>> headers, Duration timeout, HttpClient client) {
		this.uri = uri;
		this.headers = headers;
		this.timeout = timeout;
		this.client = client;
	}

	/**
	 * A builder of clients that suit. Their HTTP is 1.1: a proxy that speaks less is one
	 * failure fewer.
	 */
	static HttpClient.Builder client(Duration connectTimeout) {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(connectTimeout);
	}

	/**
	 * Begins to send a body.
	 * @param body the body
	 * @return the reply's body, empty if it could not be read, or a {@link SendFailure}
	 * @throws IllegalArgumentException if a header is none
	 */
	CompletableFuture<byte[]> send(HttpRequest.BodyPublisher body) {
		HttpRequest request = request(body);
		Reply reply = new Reply();
		CompletableFuture<HttpResponse<byte[]>> sent = this.client.sendAsync(request, reply);
		this.exchange = sent;
		return sent.thenApply(HttpResponse::body)
			.orTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS)
			.handle((received, failure) -> {
				sent.cancel(true);
				return result(reply.info, received, failure);
			});
	}

	/**
	 * A request with nothing but its headers.
	 * @throws IllegalArgumentException if a header is none, or one that the client sets
	 * itself
	 */
	HttpRequest request(HttpRequest.BodyPublisher body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.uri).POST(body);
		this.headers.get().forEach((name, values) -> values.forEach((value) -> set(request, name, value)));
		return request.build();
	}

	/**
	 * Sets a header. Where it cannot be set, only its name is told: its value may be a
	 * secret.
	 * @throws IllegalArgumentException if it cannot be set
	 */
	static void set(HttpRequest.Builder request, String name, String value) {
		try {
			request.header(name, value);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("the header " + ReplyText.printable(name) + " cannot be set");
		}
	}

	private byte[] result(HttpResponse.@Nullable ResponseInfo info, byte @Nullable [] body,
			@Nullable Throwable failure) {
		if (info == null) {
			throw new CompletionException(unanswered(failure));
		}
		int status = info.statusCode();
		if (status < OK || status >= MULTIPLE_CHOICES) {
			throw new CompletionException(refused(info));
		}
		String contentType = info.headers().firstValue("Content-Type").orElse("");
		if (contentType.regionMatches(true, 0, "text/html", 0, "text/html".length())) {
			throw new CompletionException(SendFailure
				.passing("answers with a page (text/html): something else listens at " + location(), null));
		}
		// What is taken is taken, even if the rest of the reply is lost
		return (body != null) ? body : new byte[0];
	}

	private SendFailure unanswered(@Nullable Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof TimeoutException) {
			return SendFailure.passing("has not answered in " + this.timeout.toMillis() + " ms", null);
		}
		return SendFailure.of((cause instanceof IOException) ? cause : new IOException(String.valueOf(cause), cause));
	}

	private SendFailure refused(HttpResponse.ResponseInfo info) {
		String reason = "answers with status " + info.statusCode();
		if (!PASSING.contains(info.statusCode())) {
			return SendFailure.lasting(reason);
		}
		return SendFailure.passing(reason,
				info.headers()
					.firstValue("Retry-After")
					.map((value) -> retryAfter(value, Clock.systemUTC()))
					.orElse(null));
	}

	/**
	 * How long to wait, which is said in seconds or with a date.
	 */
	static @Nullable Duration retryAfter(String value, Clock clock) {
		String text = value.strip();
		try {
			if (text.length() <= 9 && text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
				return Duration.ofSeconds(Long.parseLong(text));
			}
			Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			Duration wait = Duration.between(clock.instant(), when);
			return wait.isNegative() ? Duration.ZERO : wait;
		}
		catch (NumberFormatException | DateTimeException ex) {
			return null;
		}
	}

	/**
	 * The URL without what may be a secret, which with some backends the path is, too.
	 */
	String location() {
		String port = (this.uri.getPort() >= 0) ? ":" + this.uri.getPort() : "";
		return this.uri.getScheme() + "://" + this.uri.getHost() + port;
	}

	/**
	 * Ends a request that is under way.
	 */
	void close() {
		CompletableFuture<?> current = this.exchange;
		if (current != null) {
			current.cancel(true);
		}
	}

	/**
	 * Remembers that there was a reply, also where the rest of it fails.
	 */
	private static final class Reply implements HttpResponse.BodyHandler<byte[]> {

		private volatile HttpResponse.@Nullable ResponseInfo info;

		@Override
		public HttpResponse.BodySubscriber<byte[]> apply(HttpResponse.ResponseInfo info) {
			this.info = info;
			boolean wanted = info.statusCode() >= OK && info.statusCode() < MULTIPLE_CHOICES;
			return new BoundedBody(wanted ? MAX_REPLY : 0);
		}

	}

}
