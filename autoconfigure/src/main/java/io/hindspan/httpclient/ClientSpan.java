package io.hindspan.httpclient;

import java.net.URI;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * What the CLIENT spans of blocking and reactive clients have in common.
 */
final class ClientSpan {

	static final String SCOPE = "io.hindspan.httpclient";

	private static final String OTHER_METHOD = "_OTHER";

	private static final Set<String> KNOWN_METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
			"OPTIONS", "TRACE", "PATCH", "QUERY");

	/** The key-values of Spring's own conventions, all said by attributes. */
	private static final Set<String> COVERED = Set.of("client.name", "error", "exception", "http.url", "method",
			"outcome", "status", "uri");

	private ClientSpan() {
	}

	static boolean covers(String key) {
		return COVERED.contains(key);
	}

	/**
	 * The name of the span. A method that nobody knows could be anything, so it has no
	 * place in a name.
	 */
	static String name(String method, UriTemplates.@Nullable Route route) {
		String known = KNOWN_METHODS.contains(method) ? method : "HTTP";
		return (route != null) ? route.name(known) : known;
	}

	static void request(SpanAttributes attributes, String method, URI uri) {
		if (KNOWN_METHODS.contains(method)) {
			attributes.put(HttpClientAttributes.METHOD, method);
		}
		else {
			attributes.put(HttpClientAttributes.METHOD, OTHER_METHOD, method);
			attributes.put(HttpClientAttributes.METHOD_ORIGINAL, method);
		}
		String authority = authority(uri);
		attributes.put(HttpClientAttributes.URL, url(uri, authority));
		attributes.put(HttpClientAttributes.SERVER_ADDRESS, host(uri, authority));
		int port = port(uri, authority);
		if (port > 0) {
			attributes.put(HttpClientAttributes.SERVER_PORT, port);
		}
	}

	/**
	 * The URL without user information, query and fragment.
	 */
	private static String url(URI uri, @Nullable String authority) {
		String path = uri.getRawPath();
		StringBuilder url = new StringBuilder(96);
		if (uri.getScheme() != null) {
			url.append(uri.getScheme()).append(':');
		}
		if (authority != null) {
			url.append("//").append(authority);
		}
		return (path != null) ? url.append(path).toString() : url.toString();
	}

	private static @Nullable String authority(URI uri) {
		String authority = uri.getRawAuthority();
		return (authority != null) ? authority.substring(authority.lastIndexOf('@') + 1) : null;
	}

	/**
	 * The host also where its name is none to {@link URI}, which knows no underscore.
	 */
	static @Nullable String host(URI uri) {
		return host(uri, authority(uri));
	}

	private static @Nullable String host(URI uri, @Nullable String authority) {
		String host = uri.getHost();
		if (host != null) {
			return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
		}
		if (authority == null) {
			return null;
		}
		int colon = authority.lastIndexOf(':');
		return (colon >= 0) ? authority.substring(0, colon) : authority;
	}

	private static int port(URI uri, @Nullable String authority) {
		if (uri.getPort() > 0) {
			return uri.getPort();
		}
		if (uri.getHost() == null && authority != null && authority.indexOf(':') >= 0) {
			return (int) number(authority.substring(authority.lastIndexOf(':') + 1));
		}
		if ("https".equalsIgnoreCase(uri.getScheme())) {
			return 443;
		}
		return "http".equalsIgnoreCase(uri.getScheme()) ? 80 : -1;
	}

	/**
	 * The size of a body as its header tells it. Some clients write a size of zero on
	 * every request that has no body.
	 */
	static void bodySize(SpanAttributes attributes, SemanticKey<Long> key, HttpHeaders headers) {
		bodySize(attributes, key, headers.getFirst(HttpHeaders.CONTENT_LENGTH));
	}

	static void bodySize(SpanAttributes attributes, SemanticKey<Long> key, @Nullable String length) {
		long size = (length != null) ? number(length) : -1;
		if (size > 0 || (size == 0 && key == HttpClientAttributes.RESPONSE_SIZE)) {
			attributes.put(key, size);
		}
	}

	private static long number(String text) {
		try {
			return Long.parseLong(text.trim());
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	/**
	 * How a request ended: told by the status of the response, if there was one.
	 * @param status the status, or 0 where there was no response
	 * @param exception what the client threw, or {@code null} where it threw nothing
	 * @param cause what the client's exception wraps, or {@code null} for none
	 * @param uri the request's URI
	 * @return the outcome
	 */
	static SpanOutcome outcome(int status, @Nullable Throwable exception, @Nullable Throwable cause, URI uri) {
		if (status >= 400) {
			return SpanOutcome.failed(Integer.toString(status), exception);
		}
		if (exception == null || cause == null) {
			return SpanOutcome.of(exception);
		}
		// The wrapper's message has the URL in it
		return SpanOutcome.failed(cause.getClass().getName(), (uri.getRawUserInfo() != null) ? cause : exception);
	}

}
