package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * Plays what services do and notes the spans that they would make, in the names of one of
 * several instrumentations. Knows nothing of detectors; what is to be found is said by
 * whoever plays. Times are milliseconds since the scene began.
 */
final class Scene {

	static final String[] SERVICES = { "orders", "billing", "inventory", "users", "shipping", "catalog", "pricing",
			"tasks", "loans", "documents", "search", "accounts" };

	static final String[] TABLES = { "orders", "customers", "invoices", "products", "comments", "authors", "tags",
			"payments", "addresses", "reviews", "tickets", "events_log" };

	static final String[] COLUMNS = { "email", "status", "customer_id", "parent_ref", "department", "sku", "owner",
			"region" };

	private final Random random;

	private final List<Node> nodes = new ArrayList<>();

	private final Map<Kind, Set<String>> expected = new EnumMap<>(Kind.class);

	private final Map<Kind, Set<String>> possible = new EnumMap<>(Kind.class);

	private final Map<String, Double> skews = new HashMap<>();

	private final Map<String, SpanOrigin> origins = new HashMap<>();

	private final Set<Node> dropped = new HashSet<>();

	private final long epoch;

	private final String traceId;

	final Style style;

	/** The time that durations of no interest are stretched by. */
	final double pace;

	Scene(long seed) {
		// Neighbouring seeds of Random begin alike
		this.random = new Random(new SplittableRandom(seed).nextLong());
		this.style = Style.values()[this.random.nextInt(Style.values().length)];
		this.pace = 0.7 + this.random.nextDouble();
		this.epoch = 1_790_000_000_000_000_000L + (long) (this.random.nextDouble() * 1e15);
		this.traceId = hex(32);
	}

	private String hex(int length) {
		StringBuilder hex = new StringBuilder();
		while (hex.length() < length) {
			hex.append(Character.forDigit(this.random.nextInt(16), 16));
		}
		return hex.toString();
	}

	/** Instrumentations, each with names of its own. */
	enum Style {

		HINDSPAN, STABLE, LEGACY, MICROMETER

	}

	double ms(double low, double high) {
		return low + (high - low) * this.random.nextDouble();
	}

	int some(int low, int high) {
		return low + this.random.nextInt(high - low + 1);
	}

	boolean chance(double probability) {
		return this.random.nextDouble() < probability;
	}

	<T> T any(T[] values) {
		return values[this.random.nextInt(values.length)];
	}

	String service(String... others) {
		while (true) {
			String service = any(SERVICES);
			if (!List.of(others).contains(service)) {
				return service;
			}
		}
	}

	/**
	 * Says what is to be found, and spans of which at least one is to be named.
	 */
	void expect(Kind kind, Node... spans) {
		Set<String> ids = this.expected.computeIfAbsent(kind, (key) -> new HashSet<>());
		for (Node span : spans) {
			ids.add(span.id);
		}
	}

	void expect(Kind kind, List<Node> spans) {
		expect(kind, spans.toArray(new Node[0]));
	}

	/**
	 * Says what may be found: with one of some spans, or with any.
	 */
	void mayExpect(Kind kind, Node... spans) {
		Set<String> ids = this.possible.computeIfAbsent(kind, (key) -> new HashSet<>());
		for (Node span : spans) {
			ids.add(span.id);
		}
	}

	/**
	 * Whether a finding, which need not be there, may be.
	 */
	boolean isPossible(Finding finding) {
		Set<String> ids = this.possible.get(finding.kind());
		return ids != null && (ids.isEmpty() || finding.spans().stream().anyMatch(ids::contains));
	}

	Map<Kind, Set<String>> expected() {
		return this.expected;
	}

	/**
	 * Lets the clock of a service go wrong by some milliseconds.
	 */
	void skew(String service, double by) {
		this.skews.put(service, by);
	}

	void drop(Node node) {
		this.dropped.add(node);
	}

	Node root(String service, SpanKind kind, String name) {
		return new Node(null, service, kind, name, 0);
	}

	/**
	 * A request that comes in, perhaps by a gateway, with some things that any request
	 * does first.
	 */
	Node request() {
		return request(service());
	}

	Node request(String service) {
		String path = "/api/" + any(TABLES) + (chance(0.5) ? "/{id}" : "");
		String method = chance(0.6) ? "GET" : "POST";
		Node server;
		if (chance(0.3)) {
			Node gateway = server(null, "gateway", method, path, 0);
			gateway.now += ms(0.1, 1);
			Node client = gateway.open(SpanKind.CLIENT, httpName(method, path));
			httpClient(client, method, service, path, 200);
			server = server(client, service, method, path, client.start + ms(0.2, 1));
			server.enclosing.add(client);
			server.enclosing.add(gateway);
		}
		else {
			server = server(null, service, method, path, 0);
		}
		server.now += ms(0.05, 0.8);
		server.chores();
		return server;
	}

	Node server(Node client, String service, String method, String path, double start) {
		Node server = new Node(client, service, SpanKind.SERVER, httpName(method, path), start);
		switch (this.style) {
			case HINDSPAN,
					STABLE ->
				server.with("http.request.method", method)
					.with("http.route", path)
					.with("http.response.status_code", 200)
					.with("url.path", path);
			case LEGACY -> server.with("http.method", method)
				.with("http.route", path)
				.with("http.status_code", 200)
				.with("http.target", path);
			case MICROMETER -> server.with("method", method).with("uri", path).with("status", "200");
		}
		return server;
	}

	private String httpName(String method, String path) {
		return switch (this.style) {
			case HINDSPAN, STABLE, LEGACY -> method + " " + path;
			case MICROMETER -> "http " + method.toLowerCase(Locale.ROOT) + " " + path;
		};
	}

	private void httpClient(Node client, String method, String host, String path, int status) {
		String url = "http://" + host + ":8080" + path.replace("{id}", String.valueOf(some(1000, 999_999)));
		switch (this.style) {
			case HINDSPAN -> client.with("http.request.method", method)
				.with("url.full", url)
				.with("url.template", path)
				.with("server.address", host)
				.with("server.port", 8080);
			case STABLE -> client.with("http.request.method", method)
				.with("url.full", url)
				.with("server.address", host)
				.with("server.port", 8080)
				.name(method);
			case LEGACY -> client.with("http.method", method)
				.with("http.url", url)
				.with("net.peer.name", host)
				.with("net.peer.port", 8080)
				.name("HTTP " + method);
			case MICROMETER -> client.with("method", method)
				.with("uri", path)
				.with("http.url", url)
				.with("client.name", host)
				.name("http " + method.toLowerCase(Locale.ROOT));
		}
		status(client, status);
	}

	void status(Node client, int status) {
		if (status > 0) {
			switch (this.style) {
				case HINDSPAN, STABLE -> client.with("http.response.status_code", status);
				case LEGACY -> client.with("http.status_code", status);
				case MICROMETER -> client.with("status", String.valueOf(status));
			}
		}
		if (status >= 400) {
			client.fail(String.valueOf(status));
		}
	}

	/**
	 * The trace, of the spans that were not dropped, in a random order.
	 */
	Trace trace() {
		List<SpanRecord> spans = new ArrayList<>();
		for (Node node : this.nodes) {
			if (!this.dropped.contains(node)) {
				spans.add(node.build());
			}
		}
		Collections.shuffle(spans, this.random);
		return Trace.of(spans);
	}

	/** The spans with a name. */
	List<Node> all(String name) {
		return this.nodes.stream().filter((node) -> node.name.equals(name)).toList();
	}

	private long nanos(double ms, String service) {
		return this.epoch + Math.round((ms + this.skews.getOrDefault(service, 0.0)) * 1e6);
	}

	/**
	 * A span that is played.
	 */
	final class Node {

		final String id = hex(16);

		final Node parent;

		final String service;

		final SpanKind kind;

		final double start;

		/** Spans around this one that end when it does. */
		final List<Node> enclosing = new ArrayList<>();

		/** How far this span has come. */
		double now;

		private String name;

		private String scope = "";

		private final AttributesBuilder attributes = Attributes.builder();

		private final List<SpanRecord.Event> events = new ArrayList<>();

		private final List<SpanRecord.Link> links = new ArrayList<>();

		private boolean failed;

		private String parentId;

		Node(Node parent, String service, SpanKind kind, String name, double start) {
			this.parent = parent;
			this.parentId = (parent != null) ? parent.id : null;
			this.service = service;
			this.kind = kind;
			this.name = name;
			this.start = start;
			this.now = start;
			Scene.this.nodes.add(this);
		}

		Node name(String name) {
			this.name = name;
			return this;
		}

		Node scope(String scope) {
			this.scope = scope;
			return this;
		}

		Node with(String key, String value) {
			this.attributes.put(key, value);
			return this;
		}

		Node with(String key, long value) {
			this.attributes.put(key, value);
			return this;
		}

		Node with(String key, boolean value) {
			this.attributes.put(key, value);
			return this;
		}

		Node link() {
			this.links.add(new SpanRecord.Link(hex(32), hex(16), Attributes.empty()));
			return this;
		}

		Node event(String name, String... keyValues) {
			AttributesBuilder builder = Attributes.builder();
			for (int i = 0; i < keyValues.length; i += 2) {
				builder.put(keyValues[i], keyValues[i + 1]);
			}
			this.events.add(new SpanRecord.Event(name, nanos(this.now, this.service), builder.build()));
			return this;
		}

		Node fail(String type) {
			this.failed = true;
			return with("error.type", type);
		}

		/** Fails with an exception that is recorded. */
		Node raise(String type) {
			event("exception", "exception.type", type, "exception.message", "it went wrong");
			return fail(type);
		}

		Node lost(String parentId) {
			this.parentId = parentId;
			return this;
		}

		/** Lets time pass in which only this span is at work. */
		Node work(double ms) {
			this.now += ms;
			return this;
		}

		private Node advance() {
			this.now += ms(0.02, 0.3);
			return this;
		}

		/** A child that begins now; {@link #close} ends it. */
		Node open(SpanKind kind, String name) {
			return new Node(this, this.service, kind, name, this.now);
		}

		Node close(Node child) {
			this.now = Math.max(this.now, child.now);
			return this;
		}

		Node step(SpanKind kind, String name, double ms) {
			advance();
			Node child = open(kind, name);
			child.now += ms;
			close(child);
			return child;
		}

		/** Things that any request does and nobody need look at. */
		Node chores() {
			for (int i = some(0, 3); i > 0; i--) {
				switch (some(0, 3)) {
					case 0 -> step(SpanKind.INTERNAL, "AuthFilter.check", ms(0.1, 2) * Scene.this.pace);
					case 1 -> sql("select s.id, s.user_id from sessions s where s.id = ?", "SELECT", "sessions",
							ms(0.4, 2) * Scene.this.pace);
					case 2 -> redis("GET", ms(0.2, 1));
					default -> work(ms(0.1, 2));
				}
			}
			return this;
		}

		Node method(String name, Consumer<Node> body) {
			advance();
			Node child = open(SpanKind.INTERNAL, name);
			if (Scene.this.style == Style.LEGACY) {
				child.with("code.namespace", "com.acme." + name.substring(0, name.indexOf('.')))
					.with("code.function", name.substring(name.indexOf('.') + 1));
			}
			else {
				child.with("code.function.name", "com.acme." + name);
			}
			child.now += ms(0.01, 0.2);
			body.accept(child);
			child.now += ms(0.01, 0.2);
			close(child);
			return child;
		}

		Node sql(String text, String operation, String table, double ms) {
			Node node = step(SpanKind.CLIENT, operation + " " + table, ms);
			switch (Scene.this.style) {
				case HINDSPAN -> node.scope("io.hindspan.jdbc")
					.with("db.system.name", "postgresql")
					.with("db.query.text", text)
					.with("db.operation.name", operation)
					.with("db.collection.name", table)
					.with("server.address", "db");
				case STABLE -> node.name(operation + " shop." + table)
					.with("db.system.name", "mysql")
					.with("db.query.text", text)
					.with("db.namespace", "shop")
					.with("server.address", "db");
				case LEGACY -> node.name(operation + " shop." + table)
					.with("db.system", "postgresql")
					.with("db.statement", text)
					.with("db.operation", operation)
					.with("db.sql.table", table)
					.with("db.name", "shop")
					.with("net.peer.name", "db");
				case MICROMETER ->
					node.name("query").with("jdbc.query[0]", text).with("jdbc.datasource.name", "dataSource");
			}
			return node;
		}

		Node select(String table, String column, double ms) {
			return sql("select t.id, t.name, t.created from " + table + " t where t." + column + " = ?", "SELECT",
					table, ms);
		}

		Node redis(String operation, double ms) {
			Node node = step(SpanKind.CLIENT, operation, ms);
			if (Scene.this.style == Style.LEGACY) {
				return node.with("db.system", "redis")
					.with("db.statement", operation + " ?")
					.with("net.peer.name", "redis");
			}
			return node.with("db.system.name", "redis")
				.with("db.operation.name", operation)
				.with("server.address", "redis");
		}

		/** A call of something that sends no spans. */
		Node call(String method, String host, String path, double ms) {
			return call(method, host, path, ms, 200);
		}

		Node call(String method, String host, String path, double ms, int status) {
			Node node = step(SpanKind.CLIENT, httpName(method, path), ms);
			httpClient(node, method, host, path, status);
			return node;
		}

		/** A call of a service that sends its spans, too; returns the call. */
		Node ask(String method, String service, String path, Consumer<Node> body) {
			advance();
			Node client = open(SpanKind.CLIENT, httpName(method, path));
			httpClient(client, method, service, path, 200);
			client.now += ms(0.2, 1.2);
			Node server = server(client, service, method, path, client.now);
			server.now += ms(0.05, 0.4);
			body.accept(server);
			server.now += ms(0.05, 0.4);
			client.close(server);
			client.now += ms(0.2, 1.2);
			close(client);
			return client;
		}

		/** Several things at once. */
		void atOnce(int count, BiConsumer<Node, Integer> each) {
			double from = this.now;
			double until = from;
			for (int i = 0; i < count; i++) {
				this.now = from + ms(0, 0.3);
				each.accept(this, i);
				until = Math.max(until, this.now);
			}
			this.now = until;
		}

		Node publish(String destination) {
			Node node = step(SpanKind.PRODUCER, destination + " publish", ms(0.5, 3));
			return node.with("messaging.system", "kafka")
				.with((Scene.this.style == Style.LEGACY) ? "messaging.destination" : "messaging.destination.name",
						destination)
				.with("messaging.operation.name", "publish");
		}

		/** A message's processing, which begins some time after it was sent. */
		Node consume(String service, String destination, double delay) {
			Node node = new Node(this, service, SpanKind.CONSUMER, destination + " process", this.now + delay);
			return node.with("messaging.system", "kafka")
				.with((Scene.this.style == Style.LEGACY) ? "messaging.destination" : "messaging.destination.name",
						destination)
				.with("messaging.operation.name", "process");
		}

		Node lastChild() {
			return Scene.this.nodes.stream().filter((node) -> node.parent == this).reduce((a, b) -> b).orElse(this);
		}

		/** Ends this span and those around it. */
		Node end() {
			chores();
			this.now += ms(0.05, 1);
			double end = this.now;
			for (Node node : this.enclosing) {
				end += ms(0.2, 1);
				node.now = end;
			}
			return this;
		}

		SpanRecord build() {
			SpanOrigin origin = Scene.this.origins.computeIfAbsent(this.service + "\n" + this.scope,
					(key) -> new SpanOrigin(this.service, this.scope, null,
							Attributes.of(AttributeKey.stringKey("service.name"), this.service)));
			this.events.sort(Comparator.comparingLong(SpanRecord.Event::time));
			return new SpanRecord(Scene.this.traceId, this.id, this.parentId, (byte) 1, "", origin, this.name,
					this.kind, nanos(this.start, this.service), nanos(this.now, this.service),
					this.failed ? StatusCode.ERROR : StatusCode.UNSET, "", this.attributes.build(), 0, this.events, 0,
					this.links, 0);
		}

	}

}
