package io.hindspan.analysis;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.store.SpanRecord;

/**
 * What the attributes of a span say, whichever names they have: those of the stable and
 * the older OpenTelemetry conventions, and Micrometer's. Immutable.
 */
final class SpanFacts {

	private static final Set<String> READING_METHODS = Set.of("GET", "HEAD", "QUERY");

	private static final List<String> READING_CALLS = List.of("get", "list", "find", "fetch", "search", "query", "read",
			"lookup", "load", "describe", "batchget", "count", "exists", "head");

	private final SpanRecord span;

	private final Map<String, Object> values;

	private final @Nullable String target;

	private final @Nullable String httpMethod;

	private final boolean pool;

	private final boolean database;

	private final boolean cache;

	SpanFacts(SpanRecord span) {
		this.span = span;
		this.values = new HashMap<>(span.attributes().size() * 2);
		span.attributes().forEach((key, value) -> this.values.put(key.getKey(), value));
		this.httpMethod = readHttpMethod();
		this.target = readTarget();
		this.pool = isPoolName(span.name());
		this.database = !this.pool && span.kind() != SpanKind.SERVER && span.kind() != SpanKind.CONSUMER
				&& (text("db.system.name", "db.system") != null || statementText() != null);
		this.cache = !this.database && text("cache.name") != null && text("cache.operation") != null;
	}

	/**
	 * The first of several attributes that is there.
	 * @param names the attributes' names, the preferred first
	 * @return its value as a text, or {@code null} for none
	 */
	@Nullable String text(String... names) {
		for (String name : names) {
			Object value = this.values.get(name);
			if (value != null && !value.toString().isEmpty()) {
				return value.toString();
			}
		}
		return null;
	}

	/**
	 * The first of several attributes that is a number or reads like one.
	 * @param names the attributes' names, the preferred first
	 * @return its value, or -1 for none
	 */
	long number(String... names) {
		for (String name : names) {
			Object value = this.values.get(name);
			if (value instanceof Number number) {
				return number.longValue();
			}
			if (value instanceof String text && !text.isEmpty() && text.length() < 18
					&& text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
				return Long.parseLong(text);
			}
		}
		return -1;
	}

	private @Nullable String readHttpMethod() {
		String method = text("http.request.method", "http.method");
		if (method == null && text("uri", "http.url", "url.full") != null) {
			method = text("method");
		}
		return (method != null) ? method.toUpperCase(Locale.ROOT) : null;
	}

	private @Nullable String readTarget() {
		String host = text("server.address", "net.peer.name", "peer.service", "http.host", "client.name", "rpc.service",
				"network.peer.address", "net.peer.ip", "net.sock.peer.addr");
		String url = url();
		if (host == null && url != null) {
			host = authority(url);
		}
		if (host == null) {
			return text("messaging.system");
		}
		long port = number("server.port", "net.peer.port");
		return (port > 0 && port != 80 && port != 443 && host.indexOf(':') < 0) ? host + ":" + port : host;
	}

	private static @Nullable String authority(String url) {
		int start = url.indexOf("://");
		if (start < 0) {
			return null;
		}
		int end = start + 3;
		while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
			end++;
		}
		return (end > start + 3) ? url.substring(start + 3, end) : null;
	}

	private static boolean isPoolName(String name) {
		return name.equals("db.connection.acquire") || name.endsWith(".getConnection") || name.equals("pg-pool.connect")
				|| name.equals("pool.acquire") || name.endsWith("Pool.acquire");
	}

	/**
	 * Whether the span is a wait for a connection of a pool.
	 */
	boolean isPoolWait() {
		return this.pool;
	}

	/**
	 * Whether the span is a statement or command that a database answers.
	 */
	boolean isDatabase() {
		return this.database;
	}

	/**
	 * Whether the span is an operation of a cache.
	 */
	boolean isCacheOperation() {
		return this.cache;
	}

	/**
	 * Whether the span is a call of another service, over whatever protocol, that is no
	 * statement and no waiting for messages.
	 */
	boolean isRemoteCall() {
		return this.span.kind() == SpanKind.CLIENT && !this.database && !this.pool && !this.cache && !isReceive();
	}

	/**
	 * Whether the span waits for messages to come.
	 */
	boolean isReceive() {
		String operation = text("messaging.operation.type", "messaging.operation");
		return operation != null && (operation.equals("receive") || operation.equals("poll"))
				|| "ReceiveMessage".equals(text("rpc.method")) || this.span.name().endsWith(" receive")
				|| this.span.name().endsWith(" poll");
	}

	/**
	 * Whether the span tells by its name or attributes that it waits or streams by
	 * design.
	 */
	boolean isWaitingByDesign() {
		String type = text("http.response.header.content-type", "http.response.content_type");
		if (type != null && (type.contains("event-stream") || type.contains("multipart/x-mixed-replace")
				|| type.contains("application/grpc-web"))) {
			return true;
		}
		if (status() == 101) {
			return true;
		}
		return Words.tellOfWaiting(this.span.name())
				|| Words.tellOfWaiting(text("url.path", "http.target", "http.route"))
				|| Words.tellOfWaiting(text("code.function.name", "code.function"));
	}

	@Nullable String url() {
		return text("url.full", "http.url");
	}

	/**
	 * What is called: a host with its port unless it is a usual one, else a service.
	 * @return the target, or {@code null} if no attribute tells
	 */
	@Nullable String target() {
		return this.target;
	}

	@Nullable String httpMethod() {
		return this.httpMethod;
	}

	/**
	 * The HTTP status.
	 * @return the status, or -1 for none
	 */
	long status() {
		return number("http.response.status_code", "http.status_code", "status");
	}

	@Nullable String statementText() {
		return text("db.query.text", "db.statement", "jdbc.query[0]");
	}

	@Nullable String errorType() {
		String type = text("error.type", "exception.type");
		if (type == null) {
			for (SpanRecord.Event event : this.span.events()) {
				if (event.name().equals("exception")) {
					Object value = event.attributes()
						.asMap()
						.entrySet()
						.stream()
						.filter((entry) -> entry.getKey().getKey().equals("exception.type"))
						.map(Map.Entry::getValue)
						.findFirst()
						.orElse(null);
					return (value != null) ? value.toString() : null;
				}
			}
		}
		return type;
	}

	/**
	 * The method of the application that the span is of.
	 * @return class and method, or {@code null} if no attribute tells
	 */
	@Nullable String function() {
		String function = text("code.function.name");
		if (function != null) {
			return function;
		}
		String method = text("code.function");
		String namespace = text("code.namespace");
		return (method != null && namespace != null) ? namespace + "." + method : null;
	}

	/**
	 * Whether the call asks for something and changes nothing, as far as its method
	 * tells.
	 */
	boolean isReadingCall() {
		if (this.httpMethod != null) {
			return READING_METHODS.contains(this.httpMethod);
		}
		String method = text("rpc.method");
		if (method == null) {
			return false;
		}
		String name = method.substring(Math.max(method.lastIndexOf('/'), method.lastIndexOf('.')) + 1)
			.toLowerCase(Locale.ROOT);
		return READING_CALLS.stream().anyMatch(name::startsWith);
	}

	/**
	 * The name of the span with what is called, where the name alone does not tell.
	 */
	String label() {
		String name = this.span.name();
		return (this.target != null && !name.contains(this.target)) ? name + " to " + this.target : name;
	}

}
