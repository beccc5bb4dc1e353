package io.hindspan.web;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * What the SERVER spans of Spring MVC and WebFlux have in common.
 */
final class ServerSpan {

	static final String SCOPE = "io.hindspan.web";

	private static final String OTHER_METHOD = "_OTHER";

	private static final Set<String> KNOWN_METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
			"OPTIONS", "TRACE", "PATCH", "QUERY");

	/** The key-values of Spring's own conventions, all said by attributes. */
	private static final Set<String> COVERED = Set.of("error", "exception", "http.url", "method", "outcome", "status",
			"uri");

	private ServerSpan() {
	}

	static boolean covers(String key) {
		return COVERED.contains(key);
	}

	static void method(SpanAttributes attributes, String method) {
		if (KNOWN_METHODS.contains(method)) {
			attributes.put(WebAttributes.METHOD, method);
		}
		else {
			attributes.put(WebAttributes.METHOD, OTHER_METHOD, method);
			attributes.put(WebAttributes.METHOD_ORIGINAL, method);
		}
	}

	/**
	 * The name of the span. A method that nobody knows could be anything, so it has no
	 * place in a name.
	 */
	static String name(String method, @Nullable String route) {
		String known = KNOWN_METHODS.contains(method) ? method : "HTTP";
		return (route == null || route.isEmpty()) ? known : known + " " + route;
	}

	static boolean isError(int status) {
		return status >= 500;
	}

	/**
	 * A server's 4xx is the caller's error, not the server's.
	 */
	static SpanOutcome outcome(int status, @Nullable Throwable exception) {
		if (!isError(status)) {
			return SpanOutcome.unset();
		}
		return (exception != null) ? SpanOutcome.of(exception) : SpanOutcome.failed(Integer.toString(status), null);
	}

}
