package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.analysis.Scene.Node;

/**
 * The plays that thresholds were chosen with.
 */
final class TuningPlays {

	static final String[] EXTERNAL = { "api.payments.example", "geo.example.com", "mail.example.net",
			"scores.bureau.example", "cdn.example.org", "rates.example.io" };

	private TuningPlays() {
	}

	static Map<String, Consumer<Scene>> all() {
		Map<String, Consumer<Scene>> plays = new LinkedHashMap<>();
		healthy(plays);
		errors(plays);
		pools(plays);
		statements(plays);
		repeated(plays);
		retries(plays);
		dependencies(plays);
		serial(plays);
		caches(plays);
		gaps(plays);
		late(plays);
		clocks(plays);
		lost(plays);
		trivial(plays);
		return plays;
	}

	private static void healthy(Map<String, Consumer<Scene>> plays) {
		plays.put("healthy: a request with a few statements", (s) -> {
			Node server = s.request();
			server.method("TaskService.find", (m) -> {
				m.select(s.any(Scene.TABLES), "id", s.ms(0.5, 4));
				m.select(s.any(Scene.TABLES), "owner", s.ms(0.5, 4));
			});
			server.work(s.ms(1, 20)).end();
		});
		plays.put("healthy: services that call one another", (s) -> {
			Node server = s.request();
			server.ask("GET", s.service(server.service), "/items/{id}", (other) -> {
				other.select("items", "id", s.ms(1, 9));
				other.work(s.ms(1, 12));
			});
			server.sql("insert into audit (id, what) values (?, ?)", "INSERT", "audit", s.ms(1, 4));
			server.end();
		});
	}

	private static void errors(Map<String, Consumer<Scene>> plays) {
		plays.put("ERROR_ORIGIN: a statement that breaks a request of two services", (s) -> {
			Node server = s.request();
			Node[] origin = new Node[1];
			Node call = server.ask("POST", s.service(server.service), "/reservations", (other) -> {
				Node method = other.method("ReservationService.reserve", (m) -> {
					origin[0] = m.sql("insert into reservations (id, sku) values (?, ?)", "INSERT", "reservations",
							s.ms(1, 6));
					origin[0].fail("org.postgresql.util.PSQLException");
				});
				method.raise("org.postgresql.util.PSQLException");
				other.fail("500");
			});
			call.fail("500");
			server.fail("500");
			server.enclosing.forEach((node) -> node.fail("500"));
			s.expect(Kind.ERROR_ORIGIN, origin[0]);
			server.end();
		});
		plays.put("ERROR_ORIGIN: an exception of the request's own code", (s) -> {
			Node server = s.request();
			server.chores();
			server.raise("java.lang.NullPointerException");
			server.enclosing.forEach((node) -> node.fail("500"));
			s.expect(Kind.ERROR_ORIGIN, server);
			server.end();
		});
		plays.put("no error origin: an expected error", (s) -> {
			Node server = s.request();
			Node method = server.method("CreateTask.validate", (m) -> m.work(s.ms(0.3, 2)));
			method.fail("jakarta.validation.ValidationException").with("hindspan.error.category", "validation");
			server.fail("jakarta.validation.ValidationException").with("hindspan.error.category", "validation");
			server.end();
		});
		plays.put("no error origin: a duplicate key that is handled at once", (s) -> {
			Node server = s.request();
			server.sql("insert into tags (name) values (?)", "INSERT", "tags", s.ms(0.5, 3))
				.fail("org.postgresql.util.PSQLException");
			server.select("tags", "name", s.ms(0.5, 3));
			server.end();
		});
		plays.put("ERROR_ORIGIN: an asynchronous method that nobody hears of", (s) -> {
			Node server = s.request();
			Node async = server.open(SpanKind.INTERNAL, "Indexer.update");
			server.end();
			async.now = server.now + s.ms(10, 300);
			async.raise("java.io.UncheckedIOException");
			async.now += s.ms(2, 20);
			s.expect(Kind.ERROR_ORIGIN, async);
		});
	}

	private static void pools(Map<String, Consumer<Scene>> plays) {
		plays.put("POOL_WAIT: an exhausted pool", (s) -> {
			Node server = s.request();
			Node wait = server.step(SpanKind.INTERNAL,
					s.chance(0.5) ? "db.connection.acquire" : "HikariDataSource.getConnection", s.ms(30, 900));
			if (s.style == Scene.Style.HINDSPAN) {
				wait.with("hindspan.db.pool.active", 10)
					.with("hindspan.db.pool.max", 10)
					.with("hindspan.db.pool.waiting", 7);
			}
			server.select("tasks", "id", s.ms(1, 4));
			s.expect(Kind.POOL_WAIT, wait);
			server.end();
		});
		plays.put("no pool wait: connections that are there at once", (s) -> {
			Node server = s.request();
			for (int i = s.some(1, 4); i > 0; i--) {
				server.step(SpanKind.INTERNAL, "HikariDataSource.getConnection", s.ms(0.01, 0.8));
				server.select("tasks", "id", s.ms(0.5, 3));
			}
			server.work(s.ms(10, 40)).end();
		});
		plays.put("no pool wait: beside slower work", (s) -> {
			Node server = s.request();
			server.atOnce(2, (node, i) -> {
				if (i == 0) {
					node.method("Warmup.run", (m) -> m.step(SpanKind.INTERNAL, "db.connection.acquire", s.ms(20, 60)));
				}
				else {
					node.ask("GET", s.service(node.service), "/report", (other) -> {
						for (int k = 0; k < 4; k++) {
							other.work(s.ms(20, 30)).select(Scene.TABLES[k], "id", s.ms(1, 9));
						}
					});
				}
			});
			server.end();
		});
	}

	private static void statements(Map<String, Consumer<Scene>> plays) {
		plays.put("SLOW_STATEMENT: a report", (s) -> {
			Node server = s.request();
			Node slow = server.sql("select o.region, sum(o.total) from orders o where o.created > ? group by o.region",
					"SELECT", "orders", s.ms(150, 4000));
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("SLOW_STATEMENT: an update behind a lock", (s) -> {
			Node server = s.request();
			Node slow = server.sql("update accounts set balance = ? where id = ?", "UPDATE", "accounts",
					s.ms(150, 3000));
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("no slow statement: beside a slower call", (s) -> {
			Node server = s.request();
			server.atOnce(2, (node, i) -> {
				if (i == 0) {
					node.sql("select count(*) from orders", "SELECT", "orders", s.ms(110, 180));
				}
				else {
					node.ask("POST", s.service(node.service), "/jobs", (other) -> {
						for (int k = 0; k < 8; k++) {
							other.work(s.ms(15, 30)).select(Scene.TABLES[k], "id", s.ms(10, 30));
						}
					});
				}
			});
			server.end();
		});
		plays.put("MISSING_INDEX: few rows after a long time", (s) -> {
			Node server = s.request();
			Node slow = server.select(s.any(Scene.TABLES), s.any(Scene.COLUMNS), s.ms(250, 3000));
			slow.with((s.style == Scene.Style.MICROMETER) ? "jdbc.row-count" : "db.response.returned_rows",
					s.some(0, 3));
			s.expect(Kind.MISSING_INDEX, slow);
			server.end();
		});
		plays.put("MISSING_INDEX: rows read and returned", (s) -> {
			Node server = s.request();
			Node slow = server.select(s.any(Scene.TABLES), s.any(Scene.COLUMNS), s.ms(40, 400));
			slow.with("db.response.returned_rows", s.some(0, 20))
				.with("db.response.rows_examined", s.some(20_000, 900_000));
			s.expect(Kind.MISSING_INDEX, slow);
			server.end();
		});
		plays.put("no missing index: a slow look-up by id", (s) -> {
			Node server = s.request();
			Node slow = server.select("tasks", "id", s.ms(250, 2000)).with("db.response.returned_rows", 1);
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("no missing index: a count", (s) -> {
			Node server = s.request();
			Node slow = server
				.sql("select count(*) from orders o where o.status = ?", "SELECT", "orders", s.ms(250, 2000))
				.with("db.response.returned_rows", 1);
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
	}

	private static void repeated(Map<String, Consumer<Scene>> plays) {
		plays.put("N_PLUS_ONE: a list and each one's details", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			server.method("PostController.list", (m) -> {
				m.sql("select p.id, p.title from posts p", "SELECT", "posts", s.ms(1, 9));
				int count = s.some(8, 80);
				String table = s.any(Scene.TABLES);
				for (int i = 0; i < count; i++) {
					spans.add(m.select(table, "post_id", s.ms(0.4, 4)));
				}
			});
			s.expect(Kind.N_PLUS_ONE, spans);
			server.end();
		});
		plays.put("N_PLUS_ONE: by a repository with spans", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			String table = s.any(Scene.TABLES);
			int count = s.some(10, 40);
			for (int i = 0; i < count; i++) {
				server.method("CustomerRepository.findById", (m) -> spans.add(m.select(table, "id", s.ms(0.5, 3))));
			}
			s.expect(Kind.N_PLUS_ONE, spans);
			server.end();
		});
		plays.put("no repetition: an import of different statements", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 50; i++) {
				server.sql(
						"insert into staging_" + (char) ('a' + i % 26) + (char) ('a' + i / 26)
								+ " (id, v) values (?, ?)",
						"INSERT", "staging_" + (char) ('a' + i % 26) + (char) ('a' + i / 26), s.ms(0.3, 2));
			}
			server.end();
		});
		plays.put("no repetition: a batch of messages, a statement each", (s) -> {
			int count = s.some(20, 60);
			Node batch = s.root(s.service(), SpanKind.CONSUMER, "orders process")
				.with("messaging.system", "kafka")
				.with("messaging.batch.message_count", count);
			for (int i = 0; i < count; i++) {
				batch.select("orders", "id", s.ms(0.3, 2));
			}
			batch.end();
		});
		plays.put("no repetition: at once", (s) -> {
			Node server = s.request();
			server.atOnce(s.some(10, 30), (node, i) -> node.select("prices", "sku", s.ms(3, 9)));
			server.end();
		});
		plays.put("no repetition: pages", (s) -> {
			Node server = s.request();
			for (int i = s.some(8, 20); i > 0; i--) {
				server.sql("select * from orders order by id limit ? offset ?", "SELECT", "orders", s.ms(2, 9))
					.with("db.response.returned_rows", 100);
			}
			server.end();
		});
		plays.put("no repetition: several callers", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 8; i++) {
				String name = (char) ('A' + i) + "Check.allowed";
				server.method(name, (m) -> {
					m.select("permissions", "user_id", s.ms(0.3, 1));
					m.work(s.ms(2, 6));
				});
			}
			server.end();
		});
	}

	private static void retries(Map<String, Consumer<Scene>> plays) {
		plays.put("RETRY_STORM: a call that fails again and again", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			String host = s.any(EXTERNAL);
			int count = s.some(3, 6);
			for (int i = 0; i < count; i++) {
				server.work((i > 0) ? s.ms(50, 400) : 0);
				spans.add(server.call("POST", host, "/charge", s.ms(20, 300), 503));
			}
			boolean good = s.chance(0.5);
			if (good) {
				server.work(s.ms(50, 400));
				server.call("POST", host, "/charge", s.ms(20, 90));
			}
			else {
				server.fail("500");
				server.enclosing.forEach((node) -> node.fail("500"));
				s.expect(Kind.ERROR_ORIGIN, spans);
			}
			s.expect(Kind.RETRY_STORM, spans);
			server.end();
		});
		plays.put("RETRY_STORM: events that tell of attempts", (s) -> {
			Node server = s.request();
			Node method = server.method("LedgerService.book", (m) -> {
				for (int i = 2; i <= s.some(3, 5); i++) {
					m.work(s.ms(20, 60)).event("retry_attempt", "retry.reason", "java.net.SocketTimeoutException");
				}
				m.event("retry_attempt").work(s.ms(5, 30));
			});
			s.expect(Kind.RETRY_STORM, method);
			server.end();
		});
		plays.put("no storm: one retry", (s) -> {
			Node server = s.request();
			String host = s.any(EXTERNAL);
			Node failed = server.call("GET", host, "/rate", s.ms(10, 40), 503);
			server.call("GET", host, "/rate", s.ms(10, 40));
			s.expect(Kind.FAILING_DEPENDENCY, failed);
			server.end();
		});
		plays.put("no storm: several things that are not found", (s) -> {
			Node server = s.request();
			String host = s.any(EXTERNAL);
			for (int i = s.some(3, 8); i > 0; i--) {
				server.call("GET", host, "/avatars/{id}", s.ms(3, 9), 404)
					.with("http.url", "http://" + host + "/avatars/" + i)
					.with("url.full", "http://" + host + "/avatars/" + i);
				server.work(s.ms(6, 12));
			}
			server.end();
		});
	}

	private static void dependencies(Map<String, Consumer<Scene>> plays) {
		plays.put("SLOW_DEPENDENCY: something without spans", (s) -> {
			Node server = s.request();
			Node slow = server.call("POST", s.any(EXTERNAL), "/score", s.ms(350, 4000));
			s.expect(Kind.SLOW_DEPENDENCY, slow);
			server.end();
		});
		plays.put("no slow dependency: its callee tells why", (s) -> {
			Node server = s.request();
			Node[] slow = new Node[1];
			server.ask("GET", s.service(server.service), "/report", (other) -> slow[0] = other
				.sql("select sum(total) from invoices where year = ?", "SELECT", "invoices", s.ms(300, 3000)));
			s.expect(Kind.SLOW_STATEMENT, slow[0]);
			server.end();
		});
		plays.put("no slow dependency: small beside the rest", (s) -> {
			Node server = s.request();
			server.call("GET", s.any(EXTERNAL), "/rate", s.ms(100, 180));
			for (int i = 0; i < 12; i++) {
				server.work(s.ms(20, 40)).select(Scene.TABLES[i], "id", s.ms(30, 60));
			}
			server.work(s.ms(20, 45)).end();
		});
		plays.put("FAILING_DEPENDENCY: handled by a fallback", (s) -> {
			Node server = s.request();
			Node failed = server.call("GET", s.any(EXTERNAL), "/recommendations", s.ms(5, 150),
					s.chance(0.5) ? 500 : 503);
			server.redis("GET", s.ms(0.3, 1));
			s.expect(Kind.FAILING_DEPENDENCY, failed);
			server.end();
		});
		plays.put("no failing dependency: not found", (s) -> {
			Node server = s.request();
			server.call("GET", s.any(EXTERNAL), "/users/{id}", s.ms(5, 50), 404);
			server.end();
		});
	}

	private static void serial(Map<String, Consumer<Scene>> plays) {
		plays.put("SERIAL_CALLS: different services", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			int count = s.some(3, 6);
			for (int i = 0; i < count; i++) {
				spans.add(server.call("GET", EXTERNAL[i], "/part/" + (char) ('a' + i), s.ms(40, 120)));
				server.work(s.ms(0, 1));
			}
			s.expect(Kind.SERIAL_CALLS, spans);
			server.end();
		});
		plays.put("no serial calls: at once", (s) -> {
			Node server = s.request();
			server.atOnce(4, (node, i) -> node.call("GET", EXTERNAL[i], "/part/" + i, s.ms(40, 120)));
			server.end();
		});
		plays.put("no serial calls: something is written in between", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 4; i++) {
				server.call("GET", EXTERNAL[i], "/part/" + i, s.ms(40, 120));
				server.sql("insert into parts_" + (char) ('a' + i) + " (v) values (?)", "INSERT", "parts", s.ms(1, 4));
			}
			server.end();
		});
		plays.put("no serial calls: writes", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 4; i++) {
				server.call("POST", EXTERNAL[i], "/part/" + i, s.ms(40, 120));
			}
			server.end();
		});
	}

	private static void caches(Map<String, Consumer<Scene>> plays) {
		plays.put("CACHE_MISSES: each followed by a load", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>(List.of(server));
			int count = s.some(4, 15);
			for (int i = 0; i < count; i++) {
				server.event("cache_miss", "cache.name", "products", "cache.operation", "get");
				spans.add(server.select("products", "id", s.ms(5, 20)));
				server.event("cache_put", "cache.name", "products", "cache.operation", "put");
			}
			s.expect(Kind.CACHE_MISSES, spans);
			server.end();
		});
		plays.put("no cache misses: nearly all hits", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 12; i++) {
				if (i == 4) {
					server.event("cache_miss", "cache.name", "products").select("products", "id", s.ms(2, 9));
				}
				else {
					server.event("cache_hit", "cache.name", "products").work(s.ms(0.5, 3));
				}
			}
			server.end();
		});
		plays.put("no cache misses: nothing is loaded", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 8; i++) {
				server.event("cache_miss", "cache.name", "denied").work(s.ms(0.5, 3));
			}
			server.end();
		});
	}

	private static void gaps(Map<String, Consumer<Scene>> plays) {
		plays.put("GAP: between statements", (s) -> {
			Node server = s.request();
			Node method = server.method("Pricing.compute", (m) -> {
				m.select("prices", "sku", s.ms(1, 9));
				m.work(s.ms(200, 2000));
				m.select("discounts", "sku", s.ms(1, 9));
			});
			s.expect(Kind.GAP, method);
			server.end();
		});
		plays.put("GAP: a request with nothing beneath it", (s) -> {
			Node server = s.request();
			server.work(s.ms(250, 3000));
			s.expect(Kind.GAP, server);
			server.end();
		});
		plays.put("no gap: a stream of events to the browser", (s) -> {
			Node server = s.server(null, s.service(), "GET", "/api/tasks/stream", 0);
			server.work(s.ms(500, 9000)).end();
		});
		plays.put("no gap: a scheduled run that says that it waits", (s) -> {
			Node run = s.root(s.service(), SpanKind.INTERNAL, "CleanupJob.run");
			run.select("jobs", "state", s.ms(1, 9));
			run.event("waiting for quiet period").work(s.ms(300, 3000));
			run.sql("delete from jobs where state = ?", "DELETE", "jobs", s.ms(2, 20));
			run.end();
		});
		plays.put("no gap: an answer that comes by a message", (s) -> {
			Node server = s.request();
			Node sent = server.publish("quotes");
			Node work = sent.consume(s.service(server.service), "quotes", s.ms(1, 9));
			for (int i = 0; i < 5; i++) {
				work.work(s.ms(10, 45)).select(Scene.TABLES[i], "id", s.ms(20, 40));
			}
			server.now = work.now + s.ms(1, 9);
			server.end();
		});
	}

	private static void late(Map<String, Consumer<Scene>> plays) {
		plays.put("LATE_WORK: a method on another thread", (s) -> {
			Node server = s.request();
			Node async = server.open(SpanKind.INTERNAL, "ReportMailer.send");
			for (int i = 0; i < 30; i++) {
				async.work(s.ms(10, 40)).select(Scene.TABLES[i % 12], "id", s.ms(60, 90));
			}
			server.work(s.ms(5, 30)).end();
			s.expect(Kind.LATE_WORK, async);
		});
		plays.put("no late work: a message that is processed at once", (s) -> {
			Node server = s.request();
			Node work = server.publish("tasks").consume(s.service(server.service), "tasks", s.ms(1, 30));
			work.select("tasks", "id", s.ms(1, 20));
			work.end();
			server.work(s.ms(1, 30)).end();
		});
		plays.put("no late work: something short after a long request", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 10; i++) {
				server.work(s.ms(5, 40))
					.sql("update " + Scene.TABLES[i] + " set v = ?", "UPDATE", Scene.TABLES[i], s.ms(50, 95));
			}
			Node async = server.open(SpanKind.INTERNAL, "Metrics.push");
			server.end();
			async.now = server.now + s.ms(5, 200);
			async.select("metrics", "id", s.ms(1, 9));
		});
	}

	private static void clocks(Map<String, Consumer<Scene>> plays) {
		plays.put("CLOCK_SKEW: a callee that begins before its call", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			List<Node> spans = new ArrayList<>();
			server.ask("GET", other, "/stock/{id}", (node) -> {
				spans.add(node);
				node.select("stock", "id", s.ms(1, 9));
			});
			s.skew(other, -s.ms(20, 900));
			s.expect(Kind.CLOCK_SKEW, spans);
			server.end();
		});
		plays.put("no skew: a callee that works on after its answer", (s) -> {
			Node server = s.request();
			Node call = server.ask("GET", s.service(server.service), "/export",
					(node) -> node.select("rows", "id", s.ms(1, 9)));
			Node callee = s.server(call, s.service(server.service), "GET", "/flush", call.start + 0.5);
			callee.now = call.now + s.ms(20, 60);
			server.end();
		});
		plays.put("no skew: clocks that differ by less than a way", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			server.ask("GET", other, "/stock/{id}", (node) -> node.select("stock", "id", s.ms(1, 9)));
			s.skew(other, s.ms(-2, 2));
			server.end();
		});
	}

	private static void lost(Map<String, Consumer<Scene>> plays) {
		plays.put("LOST_TRACE: a service in between sends nothing", (s) -> {
			Node server = s.request();
			List<Node> orphan = new ArrayList<>();
			server.ask("GET", "middle", "/x", (middle) -> {
				s.drop(middle);
				middle.ask("GET", s.service(server.service), "/y", (end) -> {
					orphan.add(end);
					end.select("things", "id", s.ms(1, 9));
				});
				s.drop(end(orphan.get(0)));
			});
			s.expect(Kind.LOST_TRACE, orphan);
			server.end();
		});
		plays.put("LOST_TRACE: one of several clients", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			server.ask("GET", other, "/stock/{id}", (node) -> node.select("stock", "id", s.ms(1, 9)));
			Node lost = server.call("GET", other, "/prices/{id}", s.ms(4, 20));
			s.expect(Kind.LOST_TRACE, lost);
			server.end();
		});
		plays.put("no lost trace: a caller that is traced elsewhere", (s) -> {
			Node server = s.server(null, s.service(), "GET", "/api/tasks", 0);
			server.lost("00000000000000ff").chores().select("tasks", "id", s.ms(1, 9));
			server.end();
		});
		plays.put("no lost trace: a check of health", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			server.ask("GET", other, "/stock/{id}", (node) -> node.select("stock", "id", s.ms(1, 9)));
			server.call("GET", other, "/actuator/health", s.ms(1, 5));
			server.end();
		});
	}

	private static Node end(Node node) {
		return node.parent;
	}

	private static void trivial(Map<String, Consumer<Scene>> plays) {
		plays.put("TRIVIAL_SPANS: a getter with a span", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			int count = s.some(150, 600);
			for (int i = 0; i < count; i++) {
				spans.add(server.method("User.isAdmin", (m) -> m.work(s.ms(0.0, 0.05))));
			}
			s.expect(Kind.TRIVIAL_SPANS, spans);
			server.end();
		});
		plays.put("no trivial spans: many steps that take time", (s) -> {
			Node server = s.request();
			for (int i = s.some(120, 200); i > 0; i--) {
				server.method("Import.line", (m) -> m.work(s.ms(2, 6)));
			}
			server.end();
		});
		plays.put("no trivial spans: few beside many others", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 60; i++) {
				server.step(SpanKind.INTERNAL, "Guard.check", s.ms(0.01, 0.1));
			}
			server.end();
		});
	}

}
