package io.hindspan.explorer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import static io.hindspan.explorer.TraceFixture.map;

/**
 * Serves the page's files under the security policy that it has in an application, and
 * answers its API from {@link TaskTraces}. Queries are conditions on
 * {@code trace.duration}, {@code service} and {@code status}, and words of names.
 */
final class PageServer implements AutoCloseable {

	static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
			+ "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private static final long[] BOUNDS = { 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000, 100_000_000,
			200_000_000, 500_000_000, 1_000_000_000 };

	private static final Map<String, String> TYPES = Map.of("html", "text/html;charset=UTF-8", "css", "text/css", "js",
			"text/javascript", "svg", "image/svg+xml");

	private final JsonMapper json = new JsonMapper();

	private final List<TraceFixture> traces = new CopyOnWriteArrayList<>();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final String path;

	private final HttpServer server;

	private final AtomicInteger polls = new AtomicInteger();

	private final AtomicInteger changes = new AtomicInteger();

	private volatile boolean failing;

	private volatile int removed;

	PageServer(int port, String contextPath) {
		this.path = contextPath + "/hindspan";
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	String url() {
		return "http://localhost:" + this.server.getAddress().getPort() + this.path + "/";
	}

	List<TraceFixture> traces() {
		return this.traces;
	}

	/** How often the state was asked for. */
	int polls() {
		return this.polls.get();
	}

	/** Lets every answer fail until it is told otherwise. */
	void fail(boolean fail) {
		this.failing = fail;
	}

	/** Lets the page know that there is something new. */
	void changed() {
		this.changes.incrementAndGet();
	}

	void clear() {
		this.removed += this.traces.size();
		changed();
		this.traces.clear();
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String requested = exchange.getRequestURI().getPath();
			if (requested.equals(this.path)) {
				exchange.getResponseHeaders().set("Location", this.path + "/");
				exchange.sendResponseHeaders(302, -1);
			}
			else if (!requested.startsWith(this.path + "/")) {
				exchange.sendResponseHeaders(404, -1);
			}
			else if (requested.startsWith(this.path + "/api/")) {
				api(exchange, requested.substring(this.path.length() + 5));
			}
			else {
				file(exchange, requested.substring(this.path.length() + 1));
			}
		}
	}

	private void file(HttpExchange exchange, String name) throws IOException {
		String file = name.isEmpty() ? "index.html" : name;
		try (InputStream content = getClass().getResourceAsStream(file)) {
			if (content == null || file.endsWith(".class")) {
				exchange.sendResponseHeaders(404, -1);
				return;
			}
			exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
			send(exchange, 200, TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), ""),
					content.readAllBytes());
		}
	}

	private void api(HttpExchange exchange, String call) throws IOException {
		Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
		Object answer = this.failing ? null : answer(exchange.getRequestMethod(), call.split("/"), parameters);
		int status = (answer != null) ? 200 : this.failing ? 503 : 404;
		if (answer instanceof Map<?, ?> error && error.containsKey("error")) {
			status = 400;
		}
		send(exchange, status, "application/json", this.json.writeValueAsBytes(
				(answer != null) ? answer : map("error", "There is no such trace; it may have been evicted.")));
	}

	private @Nullable Object answer(String method, String[] call, Map<String, String> parameters) {
		if (call[0].equals("traces") && call.length == 1 && method.equals("DELETE")) {
			clear();
			return map("removed", this.removed);
		}
		if (call[0].equals("status")) {
			this.polls.incrementAndGet();
		}
		return switch (call[0]) {
			case "status" -> map("service", "taskmanager-api", "environment", "development", "version", "0.1.0",
					"revision", revision(), "traces", this.traces.size(), "spans",
					this.traces.stream().mapToLong((trace) -> trace.spans().size()).sum(), "bytes", 1_834_567,
					"maxBytes", 67_108_864, "evictedBySize", 0, "evictedByAge", 0, "rejectedSpans", 0, "logs", true);
			case "traces" -> (call.length == 1) ? search(parameters) : trace(call, parameters);
			case "services" -> services();
			case "fields" -> fields();
			default -> null;
		};
	}

	private long revision() {
		return this.traces.size() + this.removed + this.changes.get();
	}

	private @Nullable Object trace(String[] call, Map<String, String> parameters) {
		TraceFixture trace = find(call[1]);
		if (trace == null || call.length == 2) {
			return (trace != null) ? trace.json(revision()) : null;
		}
		return switch (call[2]) {
			case "logs" -> trace.logs();
			case "otlp" -> map("resourceSpans", List.of(map("scopeSpans", List.of(map("spans", trace.spans())))));
			case "comparison" -> compare(trace, parameters.getOrDefault("with", ""));
			default -> null;
		};
	}

	private @Nullable TraceFixture find(String id) {
		return this.traces.stream().filter((trace) -> trace.id().equals(id)).findFirst().orElse(null);
	}

	private Object search(Map<String, String> parameters) {
		String query = parameters.getOrDefault("q", "");
		if (query.replaceAll("\\\\.", "").chars().filter((c) -> c == '"').count() % 2 == 1) {
			return map("error", "The text in quotes does not end: a quote is missing.", "position",
					query.lastIndexOf('"'));
		}
		Predicate<TraceFixture> asked = (trace) -> true;
		for (String condition : query.isBlank() ? new String[0] : query.trim().split("\\s+(AND\\s+)?")) {
			asked = asked.and(condition(condition));
		}
		List<TraceFixture> found = new ArrayList<>(this.traces.stream().filter(asked).toList());
		Map<String, Comparator<TraceFixture>> orders = Map.of("start", Comparator.comparing(TraceFixture::start),
				"duration", Comparator.comparing(TraceFixture::duration), "spans",
				Comparator.comparing((trace) -> trace.spans().size()), "errors",
				Comparator.comparing(TraceFixture::errors));
		Comparator<TraceFixture> order = orders.get(parameters.getOrDefault("sort", "start"));
		found.sort("asc".equals(parameters.get("order")) ? order : order.reversed());
		int[] counts = new int[BOUNDS.length + 1];
		int[] errors = new int[BOUNDS.length + 1];
		for (TraceFixture trace : found) {
			int bucket = 0;
			while (bucket < BOUNDS.length && trace.duration() >= BOUNDS[bucket]) {
				bucket++;
			}
			counts[bucket]++;
			errors[bucket] += (trace.errors() > 0) ? 1 : 0;
		}
		return map("revision", revision(), "total", found.size(), "traces",
				found.stream()
					.skip(Integer.parseInt(parameters.getOrDefault("offset", "0")))
					.limit(Integer.parseInt(parameters.getOrDefault("limit", "50")))
					.map(TraceFixture::summary)
					.toList(),
				"histogram", map("bounds", BOUNDS, "counts", counts, "errors", errors));
	}

	private static Predicate<TraceFixture> condition(String condition) {
		String value = condition.substring(condition.lastIndexOf('=') + 1).replaceAll("[\"}]", "");
		if (condition.startsWith("trace.duration>=")) {
			return (trace) -> trace.duration() >= nanos(value);
		}
		if (condition.startsWith("trace.duration<")) {
			return (trace) -> trace.duration() < nanos(condition.substring(15));
		}
		if (condition.replace("{", "").startsWith("service=")) {
			return (trace) -> trace.spans().stream().anyMatch((span) -> value.equals(span.get("service")));
		}
		if (condition.startsWith("status=") || condition.startsWith("trace.errors>")) {
			return (trace) -> trace.errors() > 0;
		}
		return (trace) -> trace.spans().stream().anyMatch((span) -> span.get("name").toString().contains(value));
	}

	private static double nanos(String value) {
		double number = Double.parseDouble(value.replaceAll("[a-zµ]", ""));
		return number * (value.endsWith("ns") ? 1 : value.endsWith("us") ? 1e3 : value.endsWith("ms") ? 1e6 : 1e9);
	}

	private @Nullable Object compare(TraceFixture after, String with) {
		TraceFixture before = with.equals("usual") ? this.traces.stream()
			.filter((trace) -> trace != after && trace.summary().get("name").equals(after.summary().get("name")))
			.findFirst()
			.orElse(null) : find(with);
		if (before == null) {
			return null;
		}
		Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
		side(before, "before", rows);
		side(after, "after", rows);
		for (Map<String, Object> row : rows.values()) {
			long one = duration(row.get("before"));
			long other = duration(row.get("after"));
			row.put("change", (one < 0) ? "NEW" : (other < 0) ? "MISSING"
					: (other > one * 1.2) ? "GROWN" : (other < one * 0.8) ? "SHRUNK" : "SAME");
		}
		Map<String, Object> summary = before.summary();
		summary.put("traces", with.equals("usual") ? 12 : 1);
		return map("before", summary, "after", after.summary(), "rows", rows.values());
	}

	private static long duration(@Nullable Object side) {
		return (side instanceof Map<?, ?> map) ? (long) map.get("duration") : -1;
	}

	@SuppressWarnings("unchecked")
	private static void side(TraceFixture trace, String side, Map<String, Map<String, Object>> rows) {
		Map<Object, String> paths = new HashMap<>();
		for (Map<String, Object> span : trace.spans()) {
			String path = paths.getOrDefault(span.get("parentId"), "") + "/" + span.get("name");
			paths.put(span.get("spanId"), path);
			Map<String, Object> row = rows.computeIfAbsent(path,
					(key) -> map("depth", paths.containsKey(span.get("parentId"))
							? (int) paths.get(span.get("parentId")).chars().filter((c) -> c == '\n').count() : 0,
							"name", span.get("name"), "service", span.get("service"), "kind", span.get("kind")));
			paths.put(span.get("spanId"), path + "\n");
			Map<String, Object> figures = (Map<String, Object>) row.computeIfAbsent(side,
					(key) -> map("count", 0, "duration", 0L, "self", 0L, "errors", 0, "spans", new ArrayList<>()));
			figures.merge("count", 1, (one, other) -> (int) one + (int) other);
			figures.merge("duration", span.get("duration"), (one, other) -> (long) one + (long) other);
			figures.merge("errors", "ERROR".equals(span.get("status")) ? 1 : 0,
					(one, other) -> (int) one + (int) other);
			((List<Object>) figures.get("spans")).add(span.get("spanId"));
		}
	}

	private static Object services() {
		return map("seconds", 900, "services",
				List.of(service("taskmanager-api", 412, 9, 8_900_000, 1_400_000_000),
						service("taskmanager-notifier", 208, 14, 12_300_000, 91_000_000),
						service("taskmanager-worker", 131, 0, 24_100_000, 412_000_000)),
				"calls",
				List.of(call("taskmanager-api", "postgresql", "db", 4_210, 9, 2_100_000, 310_000_000),
						call("taskmanager-api", "redis", "cache", 1_204, 0, 640_000, 1_100_000),
						call("taskmanager-api", "taskmanager-notifier", "http", 77, 0, 15_800_000, 31_000_000),
						call("taskmanager-api", "taskmanager-worker", "messaging", 77, 0, 2_600_000, 4_100_000),
						call("taskmanager-worker", "postgresql", "db", 262, 0, 4_200_000, 9_900_000),
						call("taskmanager-worker", "taskmanager-notifier", "messaging", 131, 0, 1_400_000, 2_400_000),
						call("taskmanager-worker", "taskmanager-notifier", "http", 54, 14, 96_000_000, 120_000_000),
						call("taskmanager-notifier", "redis", "cache", 77, 0, 900_000, 1_300_000),
						call("taskmanager-notifier", "smtp.example.com", "other", 131, 0, 14_000_000, 88_000_000)));
	}

	private static Map<String, Object> service(String name, int requests, int errors, long median, long p95) {
		return map("name", name, "requests", requests, "errors", errors, "rate", requests / 900.0, "median", median,
				"p95", p95);
	}

	private static Map<String, Object> call(String from, String to, String kind, int calls, int errors, long median,
			long p95) {
		return map("from", from, "to", to, "kind", kind, "calls", calls, "errors", errors, "rate", calls / 900.0,
				"median", median, "p95", p95);
	}

	private static Object fields() {
		return map("fields",
				List.of(map("name", "service", "values",
						List.of("taskmanager-api", "taskmanager-worker", "taskmanager-notifier")),
						map("name", "status", "values", List.of("error", "ok", "unset")),
						map("name", "trace.duration", "values", List.of()),
						map("name", "http.request.method", "values", List.of("GET", "POST")),
						map("name", "http.response.status_code", "values", List.of("200", "201", "500", "503")),
						map("name", "http.route", "values", List.of("/api/v1/tasks", "/api/v1/tasks/{id}")),
						map("name", "db.system.name", "values", List.of("postgresql", "redis")),
						map("name", "task.priority", "values", List.of("HIGH", "LOW"))));
	}

	private static Map<String, String> parameters(@Nullable String query) {
		Map<String, String> parameters = new HashMap<>();
		for (String pair : (query != null) ? query.split("&") : new String[0]) {
			int equals = pair.indexOf('=');
			parameters.put(pair.substring(0, equals),
					URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
		}
		return parameters;
	}

	private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", type);
		exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
		exchange.getResponseHeaders().set("Cache-Control", "no-store");
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/**
	 * Serves the page for a look at it, with a new trace every few seconds.
	 * @param args the port
	 */
	public static void main(String[] args) {
		PageServer server = new PageServer(Integer.parseInt(args[0]), "");
		TaskTraces traces = new TaskTraces();
		Clock clock = Clock.systemUTC();
		server.traces().addAll(traces.all(clock.millis() * 1000));
		server.traces().add(traces.hostile((clock.millis() - 700_000) * 1000));
		server.traces().add(traces.large((clock.millis() - 720_000) * 1000, 10_000));
		Executors.newSingleThreadScheduledExecutor()
			.scheduleAtFixedRate(() -> server.traces().add(traces.next(clock.millis() * 1000)), 4, 4, TimeUnit.SECONDS);
	}

}
