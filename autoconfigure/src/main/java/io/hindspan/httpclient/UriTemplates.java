package io.hindspan.httpclient;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * Turns the texts that clients were given as URI templates into span names of low
 * cardinality. To Spring every text is a template, also one that the application has put
 * together from ids. Thread-safe.
 */
final class UriTemplates {

	private static final int MAX_TEMPLATES = 1000;

	private static final int MAX_SEGMENT = 50;

	private static final int MAX_DIGITS = 2;

	private final ConcurrentMap<String, Route> routes = new ConcurrentHashMap<>();

	/**
	 * The route that a template names.
	 * @param template the text that the client was given, or {@code null} for none
	 * @return the route, or {@code null} where the template is missing or looks as if it
	 * contains an id
	 */
	@Nullable Route route(@Nullable String template) {
		if (template == null || template.isEmpty()) {
			return null;
		}
		Route known = this.routes.get(template);
		if (known != null) {
			return known;
		}
		int start = startOfPath(template);
		int end = endOfPath(template, start);
		if (!isLowCardinality(template, start, end)) {
			return null;
		}
		String path = template.substring(start, end);
		Route route = new Route(path.startsWith("/") ? path : "/" + path);
		if (this.routes.size() < MAX_TEMPLATES) {
			this.routes.put(template, route);
		}
		return route;
	}

	private static int startOfPath(String template) {
		int scheme = template.indexOf("://");
		if (scheme < 0 || scheme > endOfPath(template, 0)) {
			return 0;
		}
		int path = template.indexOf('/', scheme + 3);
		return (path >= 0 && path < endOfPath(template, 0)) ? path : endOfPath(template, scheme);
	}

	private static int endOfPath(String template, int start) {
		for (int i = start; i < template.length(); i++) {
			char c = template.charAt(i);
			if (c == '?' || c == '#') {
				return i;
			}
		}
		return template.length();
	}

	private static boolean isLowCardinality(String template, int start, int end) {
		int segment = start;
		for (int i = start; i <= end; i++) {
			if (i == end || template.charAt(i) == '/') {
				if (!isName(template, segment, i)) {
					return false;
				}
				segment = i + 1;
			}
		}
		return true;
	}

	/**
	 * A variable is a name, and so are words with few digits, such as {@code v1} and
	 * {@code oauth2}.
	 */
	private static boolean isName(String template, int start, int end) {
		int digits = 0;
		boolean literal = true;
		for (int i = start; i < end; i++) {
			char c = template.charAt(i);
			if (c == '{') {
				literal = false;
			}
			else if (c == '}') {
				literal = true;
			}
			else if (literal && c >= '0' && c <= '9') {
				digits++;
				if (i == start || digits > MAX_DIGITS) {
					return false;
				}
			}
			else if (literal && (c == '@' || c == '%' || c == '=')) {
				return false;
			}
		}
		return end - start <= MAX_SEGMENT;
	}

	/**
	 * A route of another service, and the names of the spans of requests to it.
	 */
	static final class Route {

		private final ConcurrentMap<String, String> namesByMethod = new ConcurrentHashMap<>(4);

		private final String path;

		Route(String path) {
			this.path = path;
		}

		String path() {
			return this.path;
		}

		/**
		 * The name of a span.
		 * @param method one of the few methods that are known
		 * @return the method and the route
		 */
		String name(String method) {
			String name = this.namesByMethod.get(method);
			return (name != null) ? name : this.namesByMethod.computeIfAbsent(method, (key) -> key + " " + this.path);
		}

	}

}
