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
 * The plays that thresholds were not chosen with: other shapes, technologies and
 * look-alikes than those of {@link TuningPlays}. Where one shows a fault, it moves there
 * and another one takes its place.
 */
final class HeldOutPlays {

	private static final String[] HOSTS = { "ocr.vendor.example", "sms.vendor.example", "tax.vendor.example",
			"maps.vendor.example", "fraud.vendor.example", "weather.vendor.example" };

	private HeldOutPlays() {
	}

	static Map<String, Consumer<Scene>> all() {
		Map<String, Consumer<Scene>> plays = new LinkedHashMap<>();
		healthy(plays);
		errors(plays);
		pools(plays);
		statements(plays);
		indexes(plays);
		repeated(plays);
		retries(plays);
		dependencies(plays);
		failures(plays);
		serial(plays);
		caches(plays);
		gaps(plays);
		late(plays);
		clocks(plays);
		lost(plays);
		trivial(plays);
		mixed(plays);
		return plays;
	}

	/** A chain of services, each with some work of its own, down to the last one's. */
	private static void through(Scene s, Node node, int hops, Consumer<Node> last) {
		if (hops == 0) {
			last.accept(node);
			return;
		}
		node.ask(s.chance(0.7) ? "GET" : "POST", s.service(node.service), "/hop" + hops + "/{id}", (other) -> {
			other.chores();
			through(s, other, hops - 1, last);
		});
	}

	/** A call by gRPC of something that sends no spans. */
	private static Node grpc(Scene s, Node node, String host, String method, double ms) {
		Node call = node.step(SpanKind.CLIENT, method, ms);
		if (s.style == Scene.Style.LEGACY) {
			return call.with("rpc.system", "grpc")
				.with("rpc.service", method.substring(0, method.indexOf('/')))
				.with("rpc.method", method.substring(method.indexOf('/') + 1))
				.with("net.peer.name", host);
		}
		return call.with("rpc.system.name", "grpc").with("rpc.method", method).with("server.address", host);
	}

	private static Node mongo(Scene s, Node node, String command, String collection, double ms) {
		Node find = node.step(SpanKind.CLIENT, command + " " + collection, ms);
		String text = "{\"" + command + "\": \"" + collection + "\", \"filter\": {\"ref\": \"?\"}}";
		if (s.style == Scene.Style.LEGACY) {
			return find.with("db.system", "mongodb")
				.with("db.operation", command)
				.with("db.mongodb.collection", collection)
				.with("db.statement", text);
		}
		return find.with("db.system.name", "mongodb")
			.with("db.operation.name", command)
			.with("db.collection.name", collection)
			.with("db.query.text", text);
	}

	private static Node job(Scene s, String name) {
		return s.root(s.service(), SpanKind.INTERNAL, name).with("code.function.name", "com.acme." + name);
	}

	private static void healthy(Map<String, Consumer<Scene>> plays) {
		plays.put("healthy: three services in a row", (s) -> {
			Node server = s.request();
			through(s, server, 3, (last) -> last.select(s.any(Scene.TABLES), "id", s.ms(1, 6)));
			server.end();
		});
		plays.put("healthy: an order with a message and a mail", (s) -> {
			Node server = s.request();
			server.sql("insert into orders (id, total) values (?, ?)", "INSERT", "orders", s.ms(1, 5));
			Node work = server.publish("orders.created")
				.consume(s.service(server.service), "orders.created", s.ms(1, 80));
			work.select("customers", "id", s.ms(1, 5));
			work.step(SpanKind.CLIENT, "send mail", s.ms(5, 60)).with("server.address", "smtp");
			work.end();
			server.end();
		});
		plays.put("healthy: a nightly job", (s) -> {
			Node job = job(s, "CleanupJob.run");
			for (int i = 0; i < 4; i++) {
				job.sql("delete from " + Scene.TABLES[i] + " where created < ?", "DELETE", Scene.TABLES[i],
						s.ms(5, 40));
			}
			job.end();
		});
		plays.put("healthy: some fan-out of calls with their callees", (s) -> {
			Node server = s.request();
			server.atOnce(s.some(3, 8), (node, i) -> node.ask("GET", s.service(node.service), "/facet/" + i,
					(other) -> other.select(Scene.TABLES[i], "id", s.ms(3, 15))));
			server.end();
		});
	}

	private static void errors(Map<String, Consumer<Scene>> plays) {
		plays.put("ERROR_ORIGIN: four services deep", (s) -> {
			Node server = s.request();
			List<Node> failed = new ArrayList<>();
			through(s, server, 3, (last) -> failed.add(last.method("QuotaService.check", (m) -> m.work(s.ms(1, 9)))));
			Node origin = failed.get(0).raise("java.lang.IllegalStateException");
			for (Node node = origin.parent; node != null; node = node.parent) {
				node.fail("500");
			}
			s.expect(Kind.ERROR_ORIGIN, origin);
			server.end();
		});
		plays.put("ERROR_ORIGIN: a fallback two levels above", (s) -> {
			Node server = s.request();
			Node[] origin = new Node[1];
			Node method = server.method("Recommendations.load", (m) -> {
				origin[0] = mongo(s, m, "find", "recommendations", s.ms(2, 20))
					.fail("com.mongodb.MongoSocketReadException");
			});
			method.raise("com.mongodb.MongoSocketReadException");
			server.method("Recommendations.fallback", (m) -> m.work(s.ms(0.5, 3)));
			s.expect(Kind.ERROR_ORIGIN, origin[0]);
			server.end();
		});
		plays.put("ERROR_ORIGIN: a scheduled run that fails", (s) -> {
			Node job = job(s, "Settlement.run");
			job.chores();
			Node method = job.method("Ledger.close", (m) -> m.select("ledger", "id", s.ms(1, 9)));
			method.raise("java.lang.IllegalStateException");
			job.fail("java.lang.IllegalStateException");
			s.expect(Kind.ERROR_ORIGIN, method);
			job.end();
		});
		plays.put("ERROR_ORIGIN: a message that cannot be processed", (s) -> {
			Node server = s.request();
			Node work = server.publish("invoices").consume(s.service(server.service), "invoices", s.ms(1, 50));
			Node method = work.method("InvoiceHandler.handle", (m) -> m.work(s.ms(1, 9)));
			method.raise("java.lang.ArithmeticException");
			work.fail("java.lang.ArithmeticException");
			s.expect(Kind.ERROR_ORIGIN, method);
			server.end();
		});
		plays.put("no error origin: not found is an answer", (s) -> {
			Node server = s.request();
			Node call = server.ask("GET", s.service(server.service), "/users/{id}",
					(other) -> other.select("users", "id", s.ms(1, 5)));
			s.status(call, 404);
			server.end();
		});
		plays.put("no error origin: access denied, as expected", (s) -> {
			Node server = s.request();
			server.method("Reports.open", (m) -> m.work(s.ms(0.2, 2)))
				.fail("org.springframework.security.access.AccessDeniedException")
				.with("hindspan.error.category", "forbidden");
			server.fail("org.springframework.security.access.AccessDeniedException")
				.with("hindspan.error.category", "forbidden");
			server.end();
		});
	}

	private static void pools(Map<String, Consumer<Scene>> plays) {
		plays.put("POOL_WAIT: many short waits in a job", (s) -> {
			Node job = job(s, "Export.run");
			List<Node> waits = new ArrayList<>();
			for (int i = s.some(4, 8); i > 0; i--) {
				waits
					.add(job.step(SpanKind.INTERNAL, "db.connection.acquire", s.ms(15, 60)).scope("io.hindspan.r2dbc"));
				job.sql("update " + Scene.TABLES[i] + " set exported = ?", "UPDATE", Scene.TABLES[i], s.ms(2, 9));
			}
			s.expect(Kind.POOL_WAIT, waits);
			job.end();
		});
		plays.put("POOL_WAIT: a wait in vain, in the callee", (s) -> {
			Node server = s.request();
			List<Node> waits = new ArrayList<>();
			through(s, server, 1, (last) -> {
				waits.add(last.step(SpanKind.INTERNAL, "HikariDataSource.getConnection", s.ms(900, 3000))
					.fail("java.sql.SQLTransientConnectionException"));
				last.fail("500");
			});
			for (Node node = waits.get(0).parent; node != null; node = node.parent) {
				node.fail("500");
			}
			s.expect(Kind.POOL_WAIT, waits);
			s.expect(Kind.ERROR_ORIGIN, waits);
			server.end();
		});
		plays.put("no pool wait: small beside the work", (s) -> {
			Node server = s.request();
			server.step(SpanKind.INTERNAL, "db.connection.acquire", s.ms(2, 8));
			for (int i = 0; i < 10; i++) {
				server.work(s.ms(5, 20))
					.sql("update " + Scene.TABLES[i] + " set v = ?", "UPDATE", Scene.TABLES[i], s.ms(20, 60));
			}
			server.end();
		});
	}

	private static void statements(Map<String, Consumer<Scene>> plays) {
		plays.put("SLOW_STATEMENT: several times, in a consumer", (s) -> {
			Node server = s.request();
			Node work = server.publish("reports").consume(s.service(server.service), "reports", s.ms(1, 40));
			List<Node> slow = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				slow.add(work.sql("select r.id, avg(r.score) from ratings r group by r.id", "SELECT", "ratings",
						s.ms(120, 300)));
				work.work(s.ms(1, 9));
			}
			s.expect(Kind.SLOW_STATEMENT, slow);
			work.end();
			server.end();
		});
		plays.put("SLOW_STATEMENT: many rows", (s) -> {
			Node server = s.request();
			List<Node> slow = new ArrayList<>();
			through(s, server, 2, (last) -> slow
				.add(last.select("events_log", "region", s.ms(300, 2500)).with("db.response.returned_rows", 48_000)));
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("SLOW_STATEMENT: an aggregation of MongoDB", (s) -> {
			Node server = s.request();
			Node slow = mongo(s, server, "aggregate", "clicks", s.ms(200, 2000));
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("no slow statement: a worker that waits for a job", (s) -> {
			Node job = job(s, "Worker.next");
			job.redis("BLPOP", s.ms(500, 5000));
			job.redis("GET", s.ms(0.2, 1));
			job.end();
		});
		plays.put("no slow statement: quick ones", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 9; i++) {
				server.select(Scene.TABLES[i], "id", s.ms(5, 60));
				server.work(s.ms(1, 5));
			}
			server.end();
		});
	}

	private static void indexes(Map<String, Consumer<Scene>> plays) {
		plays.put("MISSING_INDEX: a plan that reads the table", (s) -> {
			Node server = s.request();
			List<Node> slow = new ArrayList<>();
			through(s, server, 1,
					(last) -> slow.add(last.select(s.any(Scene.TABLES), s.any(Scene.COLUMNS), s.ms(60, 900))
						.with("db.query.plan", "Seq Scan on t  (cost=0.00..35811.00 rows=1 width=36)")));
			s.expect(Kind.MISSING_INDEX, slow);
			server.end();
		});
		plays.put("MISSING_INDEX: two conditions, no row", (s) -> {
			Node server = s.request();
			String table = s.any(Scene.TABLES);
			Node slow = server
				.method("Search.find",
						(m) -> m.sql(
								"select x.* from " + table
										+ " x where x.tenant = ? and x.external_ref like ? order by x.created desc",
								"SELECT", table, s.ms(400, 2500))
							.with("db.response.returned_rows", 0));
			s.expect(Kind.MISSING_INDEX, slow.lastChild());
			server.end();
		});
		plays.put("MISSING_INDEX: documents that MongoDB looked at", (s) -> {
			Node server = s.request();
			Node slow = mongo(s, server, "find", "sessions", s.ms(80, 700))
				.with("db.response.returned_rows", s.some(0, 5))
				.with("db.docs_examined", s.some(50_000, 2_000_000));
			s.expect(Kind.MISSING_INDEX, slow);
			server.end();
		});
		plays.put("no missing index: a row behind a lock", (s) -> {
			Node server = s.request();
			Node slow = server
				.sql("select a.* from accounts a where a.owner = ? for update", "SELECT", "accounts", s.ms(300, 3000))
				.with("db.response.returned_rows", 1);
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("no missing index: a quick one that reads a small table", (s) -> {
			Node server = s.request();
			server.select("countries", "region", s.ms(0.5, 4)).with("db.query.plan", "Seq Scan on countries");
			server.work(s.ms(5, 30)).end();
		});
		plays.put("no missing index: reads what it returns", (s) -> {
			Node server = s.request();
			server.select("orders", "status", s.ms(20, 80))
				.with("db.response.returned_rows", 5000)
				.with("db.response.rows_examined", 5200);
			server.work(s.ms(1, 9)).end();
		});
	}

	private static void repeated(Map<String, Consumer<Scene>> plays) {
		plays.put("N_PLUS_ONE: two statements in turn", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			server.method("FeedService.build", (m) -> {
				m.sql("select f.id from feed f where f.user_id = ? limit ?", "SELECT", "feed", s.ms(1, 9));
				for (int i = s.some(12, 40); i > 0; i--) {
					spans.add(m.select("authors", "id", s.ms(0.5, 3)));
					spans.add(
							m.sql("select count(*) from likes l where l.post_id = ?", "SELECT", "likes", s.ms(0.5, 3)));
					m.work(s.ms(0, 1));
				}
			});
			s.expect(Kind.N_PLUS_ONE, spans);
			server.end();
		});
		plays.put("N_PLUS_ONE: rows written one by one by a job", (s) -> {
			Node job = job(s, "PriceImport.run");
			List<Node> spans = new ArrayList<>();
			for (int i = s.some(30, 120); i > 0; i--) {
				spans.add(job.sql("insert into prices (sku, value) values (?, ?)", "INSERT", "prices", s.ms(0.5, 3)));
			}
			s.expect(Kind.N_PLUS_ONE, spans);
			job.end();
		});
		plays.put("N_PLUS_ONE: documents of MongoDB, in the callee", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			through(s, server, 1, (last) -> {
				for (int i = s.some(10, 40); i > 0; i--) {
					spans.add(mongo(s, last, "find", "profiles", s.ms(0.5, 4)));
				}
			});
			s.expect(Kind.N_PLUS_ONE, spans);
			server.end();
		});
		plays.put("no repetition: messages of a batch, each with its span", (s) -> {
			Node batch = s.root(s.service(), SpanKind.CONSUMER, "clicks process").with("messaging.system", "rabbitmq");
			for (int i = s.some(20, 50); i > 0; i--) {
				batch.link();
				batch.method("ClickHandler.on", (m) -> {
					m.work(s.ms(0.2, 2));
					m.select("campaigns", "id", s.ms(0.3, 2));
					m.work(s.ms(0.2, 2));
				});
			}
			batch.end();
		});
		plays.put("no repetition: batches", (s) -> {
			Node job = job(s, "Import.run");
			for (int i = s.some(10, 20); i > 0; i--) {
				job.sql("insert into rows (id, v) values (?, ?)", "INSERT", "rows", s.ms(3, 20))
					.name("BATCH INSERT rows")
					.with("db.operation.batch.size", 500);
			}
			job.end();
		});
		plays.put("no repetition: a job that asks now and then", (s) -> {
			Node job = job(s, "Lock.await");
			for (int i = s.some(8, 20); i > 0; i--) {
				job.select("locks", "name", s.ms(0.5, 2));
				job.event("sleeping").work(s.ms(100, 200));
			}
			job.end();
		});
		plays.put("no repetition: pages by key", (s) -> {
			Node job = job(s, "Reindex.run");
			for (int i = s.some(10, 30); i > 0; i--) {
				job.sql("select d.id, d.body from documents d where d.id > ? order by d.id limit 500", "SELECT",
						"documents", s.ms(5, 20));
				job.work(s.ms(1, 9));
			}
			job.end();
		});
		plays.put("no repetition: at once, by a repository with spans", (s) -> {
			Node server = s.request();
			server.atOnce(s.some(12, 24),
					(node, i) -> node.method("StockRepository.find", (m) -> m.select("stock", "sku", s.ms(4, 12))));
			server.end();
		});
	}

	private static void retries(Map<String, Consumer<Scene>> plays) {
		plays.put("RETRY_STORM: a message that is delivered again and again", (s) -> {
			Node server = s.request();
			Node sent = server.publish("payments");
			server.end();
			List<Node> spans = new ArrayList<>();
			String service = s.service(server.service);
			double delay = s.ms(1, 20);
			int count = s.some(3, 7);
			for (int i = 1; i <= count; i++) {
				Node work = sent.consume(service, "payments", delay);
				work.step(SpanKind.INTERNAL, "PaymentHandler.on", s.ms(2, 20)).raise("java.net.ConnectException");
				work.fail("java.net.ConnectException");
				delay += work.now - work.start + s.ms(10, 60);
				spans.add(work);
			}
			s.expect(Kind.RETRY_STORM, spans);
			s.expect(Kind.ERROR_ORIGIN, s.all("PaymentHandler.on"));
		});
		plays.put("RETRY_STORM: a client with spans of its own, in the callee", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			through(s, server, 1, (last) -> {
				for (int i = s.some(3, 5); i > 0; i--) {
					last.method("TaxClient.rate",
							(m) -> spans.add(m.call("GET", HOSTS[2], "/rates", s.ms(30, 200), 502)))
						.fail("502");
				}
				last.call("GET", HOSTS[2], "/rates", s.ms(5, 20));
			});
			s.expect(Kind.RETRY_STORM, spans);
			// Each attempt failed in the client's method and was handled above it
			s.expect(Kind.ERROR_ORIGIN, spans);
			server.end();
		});
		plays.put("RETRY_STORM: attempts of an upload", (s) -> {
			Node server = s.request();
			Node put = server.open(SpanKind.CLIENT, "S3.PutObject")
				.with("rpc.system", "aws-api")
				.with("rpc.service", "S3");
			for (int i = s.some(2, 4); i > 0; i--) {
				put.work(s.ms(30, 80)).event("retry_attempt", "retry.reason", "503");
			}
			put.work(s.ms(20, 60));
			server.close(put);
			s.expect(Kind.RETRY_STORM, put);
			server.end();
		});
		plays.put("no storm: several consumers of one message", (s) -> {
			Node server = s.request();
			Node sent = server.publish("orders.placed");
			for (int i = 0; i < 4; i++) {
				Node work = sent.consume(Scene.SERVICES[i], "orders.placed", s.ms(1, 20));
				work.select("orders", "id", s.ms(1, 9));
				work.end();
			}
			server.end();
		});
		plays.put("no storm: a poll until it is ready", (s) -> {
			Node server = s.request();
			for (int i = s.some(4, 8); i > 0; i--) {
				server.call("GET", HOSTS[0], "/jobs/status", s.ms(3, 9));
				server.event("waiting").work(s.ms(20, 45));
			}
			server.end();
		});
	}

	private static void dependencies(Map<String, Consumer<Scene>> plays) {
		plays.put("SLOW_DEPENDENCY: by gRPC, two services down", (s) -> {
			Node server = s.request();
			List<Node> slow = new ArrayList<>();
			through(s, server, 2, (last) -> slow.add(grpc(s, last, HOSTS[4], "fraud.Scoring/Score", s.ms(400, 3000))));
			s.expect(Kind.SLOW_DEPENDENCY, slow);
			server.end();
		});
		plays.put("SLOW_DEPENDENCY: the way to a callee that is quick", (s) -> {
			Node server = s.request();
			Node call = server.ask("GET", s.service(server.service), "/stock/{id}",
					(other) -> other.select("stock", "id", s.ms(1, 9)));
			call.now += s.ms(400, 2500);
			server.close(call);
			s.expect(Kind.SLOW_DEPENDENCY, call);
			server.end();
		});
		plays.put("SLOW_DEPENDENCY: a mail server", (s) -> {
			Node server = s.request();
			Node mail = server.step(SpanKind.CLIENT, "send mail", s.ms(500, 4000))
				.with("server.address", "smtp.example.org");
			s.expect(Kind.SLOW_DEPENDENCY, mail);
			server.end();
		});
		plays.put("no slow dependency: beside the slower one that tells why", (s) -> {
			Node server = s.request();
			List<Node> slow = new ArrayList<>();
			server.atOnce(2, (node, i) -> {
				if (i == 0) {
					node.call("GET", HOSTS[3], "/tiles", s.ms(200, 400));
				}
				else {
					node.ask("GET", s.service(node.service), "/sum", (other) -> slow
						.add(other.sql("select sum(v) from ledger", "SELECT", "ledger", s.ms(500, 2000))));
				}
			});
			s.expect(Kind.SLOW_STATEMENT, slow);
			server.end();
		});
		plays.put("no slow dependency: waiting for messages", (s) -> {
			Node job = job(s, "Queue.drain");
			job.step(SpanKind.CLIENT, "jobs receive", s.ms(900, 9000))
				.with("messaging.system", "aws_sqs")
				.with("messaging.operation.type", "receive");
			job.end();
		});
	}

	private static void failures(Map<String, Consumer<Scene>> plays) {
		plays.put("FAILING_DEPENDENCY: no answer in time", (s) -> {
			Node server = s.request();
			List<Node> failed = new ArrayList<>();
			through(s, server, 1, (last) -> failed.add(last.call("GET", HOSTS[5], "/forecast", s.ms(500, 3000), 0)
				.fail("java.net.http.HttpTimeoutException")));
			s.expect(Kind.FAILING_DEPENDENCY, failed);
			server.end();
		});
		plays.put("FAILING_DEPENDENCY: nobody is there, by gRPC", (s) -> {
			Node server = s.request();
			Node failed = grpc(s, server, HOSTS[4], "fraud.Scoring/Score", s.ms(1, 20)).fail("UNAVAILABLE")
				.with("rpc.response.status_code", "UNAVAILABLE");
			server.method("Scoring.byDefault", (m) -> m.work(s.ms(0.5, 5)));
			s.expect(Kind.FAILING_DEPENDENCY, failed);
			server.end();
		});
		plays.put("no failing dependency: something wrong was asked for", (s) -> {
			Node server = s.request();
			grpc(s, server, HOSTS[1], "sms.Sender/Send", s.ms(1, 20)).fail("INVALID_ARGUMENT")
				.with("rpc.response.status_code", "INVALID_ARGUMENT");
			server.call("PUT", HOSTS[1], "/numbers/{id}", s.ms(1, 9), 409);
			server.end();
		});
	}

	private static void serial(Map<String, Consumer<Scene>> plays) {
		plays.put("SERIAL_CALLS: a loan's details, by clients with spans", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			for (String part : new String[] { "loan", "borrower", "documents", "collateral" }) {
				server.method("DetailsClient." + part, (m) -> spans.add(m.ask("GET", "finance-data",
						"/" + part + "/{id}", (other) -> other.select(part, "id", s.ms(20, 60)))));
			}
			s.expect(Kind.SERIAL_CALLS, spans);
			server.end();
		});
		plays.put("SERIAL_CALLS: by gRPC, in a job", (s) -> {
			Node job = job(s, "Digest.build");
			List<Node> spans = new ArrayList<>();
			String[] methods = { "news.Reader/ListHeadlines", "weather.Reader/GetForecast", "stocks.Reader/FetchQuotes",
					"sports.Reader/ListScores" };
			for (int i = 0; i < methods.length; i++) {
				spans.add(grpc(s, job, HOSTS[i], methods[i], s.ms(30, 90)));
			}
			s.expect(Kind.SERIAL_CALLS, spans);
			job.end();
		});
		plays.put("no serial calls: each prepared by some computing", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 5; i++) {
				server.call("GET", HOSTS[i], "/step/" + i, s.ms(20, 40));
				server.work(s.ms(15, 40));
			}
			server.end();
		});
		plays.put("no serial calls: pages of one list", (s) -> {
			Node server = s.request();
			for (int i = s.some(4, 8); i > 0; i--) {
				server.call("GET", HOSTS[0], "/items", s.ms(20, 45));
			}
			server.end();
		});
		plays.put("no serial calls: a message is sent in between", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 4; i++) {
				server.call("GET", HOSTS[i], "/saga/" + i, s.ms(20, 45));
				server.publish("saga-" + (char) ('a' + i));
			}
			server.end();
		});
	}

	private static void caches(Map<String, Consumer<Scene>> plays) {
		plays.put("CACHE_MISSES: spans of the cache, loads by call", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>(List.of(server));
			for (int i = s.some(4, 10); i > 0; i--) {
				spans.add(server.step(SpanKind.INTERNAL, "get rates", s.ms(0.1, 0.6))
					.with("cache.name", "rates")
					.with("cache.operation", "get")
					.with("cache.hit", false));
				spans.add(server.call("POST", HOSTS[2], "/rate", s.ms(8, 30)));
				server.step(SpanKind.INTERNAL, "put rates", s.ms(0.1, 0.6))
					.with("cache.name", "rates")
					.with("cache.operation", "put");
			}
			s.expect(Kind.CACHE_MISSES, spans);
			server.end();
		});
		plays.put("CACHE_MISSES: one in each of several calls", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			for (int i = s.some(4, 12); i > 0; i--) {
				spans.add(server.method("ProductService.get", (m) -> {
					m.event("cache_miss", "cache.name", "product", "cache.system", "redis");
					spans.add(mongo(s, m, "find", "products", s.ms(6, 25)));
					m.work(s.ms(0.5, 4));
				}));
			}
			s.expect(Kind.CACHE_MISSES, spans);
			server.end();
		});
		plays.put("no cache misses: one of each of several caches", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 4; i++) {
				server.event("cache_miss", "cache.name", Scene.TABLES[i]).select(Scene.TABLES[i], "id", s.ms(3, 15));
			}
			server.end();
		});
		plays.put("no cache misses: loaded at once", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 6; i++) {
				server.event("cache_miss", "cache.name", "prices");
			}
			server.sql("select p.sku, p.value from prices p where p.sku in (?)", "SELECT", "prices", s.ms(5, 30));
			server.end();
		});
	}

	private static void gaps(Map<String, Consumer<Scene>> plays) {
		plays.put("GAP: in a callee, before its first statement", (s) -> {
			Node server = s.request();
			List<Node> spans = new ArrayList<>();
			through(s, server, 1, (last) -> {
				last.work(s.ms(300, 2000));
				last.select("things", "id", s.ms(1, 9));
				spans.add(last);
			});
			s.expect(Kind.GAP, spans);
			server.end();
		});
		plays.put("GAP: a consumer that computes", (s) -> {
			Node server = s.request();
			Node work = server.publish("images").consume(s.service(server.service), "images", s.ms(1, 40));
			work.select("images", "id", s.ms(1, 9));
			Node resize = work.method("Resizer.resize", (m) -> m.work(s.ms(200, 900)));
			work.end();
			server.end();
			s.expect(Kind.GAP, resize);
		});
		plays.put("no gap: a reactive pipeline whose assembly is over at once", (s) -> {
			Node server = s.request();
			Node assembly = server.open(SpanKind.INTERNAL, "TaskFlow.assemble");
			assembly.now += s.ms(0.2, 2);
			Node inner = assembly.open(SpanKind.INTERNAL, "TaskFlow.load");
			for (int i = 0; i < 6; i++) {
				inner.work(s.ms(5, 30)).select(Scene.TABLES[i], "id", s.ms(30, 60));
			}
			server.now = inner.now + s.ms(0.5, 5);
			server.end();
		});
		plays.put("no gap: a socket that stays open", (s) -> {
			Node server = s.server(null, s.service(), "GET", "/ws/tasks", 0);
			s.status(server, 101);
			server.work(s.ms(900, 9000)).end();
		});
		plays.put("no gap: progress is told by events", (s) -> {
			Node job = job(s, "Training.run");
			for (int i = s.some(5, 12); i > 0; i--) {
				job.work(s.ms(60, 300)).event("epoch.done");
			}
			job.end();
		});
		plays.put("no gap: many small pauses", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 12; i++) {
				server.work(s.ms(5, 40)).select(Scene.TABLES[i], "id", s.ms(5, 40));
			}
			server.end();
		});
	}

	private static void late(Map<String, Consumer<Scene>> plays) {
		plays.put("LATE_WORK: a message that waits in its queue", (s) -> {
			Node server = s.request();
			Node sent = server.publish("digests");
			server.end();
			Node work = sent.consume(s.service(server.service), "digests", s.ms(2000, 60_000));
			work.select("digests", "id", s.ms(1, 30));
			work.end();
			s.expect(Kind.LATE_WORK, work);
		});
		plays.put("no late work: a pipeline of messages that nobody requested", (s) -> {
			Node first = s.root(s.service(), SpanKind.CONSUMER, "raw process").with("messaging.system", "kafka");
			first.select("raw", "id", s.ms(1, 9));
			Node sent = first.publish("clean");
			first.end();
			Node second = sent.consume(s.service(first.service), "clean", s.ms(1500, 9000));
			second.select("clean", "id", s.ms(1, 9));
			second.end();
		});
		plays.put("no late work: a message soon after a request", (s) -> {
			Node server = s.request();
			Node sent = server.publish("audit");
			server.end();
			Node work = sent.consume(s.service(server.service), "audit", s.ms(50, 500));
			work.sql("insert into audit (id, what) values (?, ?)", "INSERT", "audit", s.ms(1, 20));
			work.end();
		});
	}

	private static void clocks(Map<String, Consumer<Scene>> plays) {
		plays.put("CLOCK_SKEW: a service ahead, called twice", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			List<Node> spans = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				server.ask("GET", other, "/part" + i + "/{id}", (node) -> {
					spans.add(node);
					node.select(Scene.TABLES[spans.size()], "id", s.ms(2, 9));
				});
			}
			s.skew(other, s.ms(60, 2000));
			s.expect(Kind.CLOCK_SKEW, spans);
			server.end();
		});
		plays.put("CLOCK_SKEW: a message that is processed before it is sent", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			Node work = server.publish("orders").consume(other, "orders", s.ms(1, 4));
			work.select("orders", "id", s.ms(1, 9));
			work.end();
			s.skew(other, -s.ms(40, 800));
			s.expect(Kind.CLOCK_SKEW, work);
			server.end();
		});
		plays.put("no skew: a body that is streamed after the headers", (s) -> {
			Node server = s.request();
			Node call = server.ask("GET", s.service(server.service), "/download/{id}",
					(other) -> other.select("files", "id", s.ms(1, 5)));
			call.lastChild().now = call.now + s.ms(30, 400);
			server.end();
		});
		plays.put("no skew: an answer that nobody waited for", (s) -> {
			Node server = s.request();
			Node call = server.call("GET", HOSTS[0], "/slow", s.ms(40, 90), 0)
				.fail("java.net.http.HttpTimeoutException");
			Node callee = s.server(call, "slow-service", "GET", "/slow", call.now - s.ms(1, 10));
			for (int i = 0; i < 4; i++) {
				callee.work(s.ms(1, 5)).select(Scene.TABLES[i], "id", s.ms(2, 9));
			}
			s.expect(Kind.FAILING_DEPENDENCY, call);
			server.end();
		});
	}

	private static void lost(Map<String, Consumer<Scene>> plays) {
		plays.put("LOST_TRACE: a parent that was dropped", (s) -> {
			Node server = s.request();
			List<Node> orphans = new ArrayList<>();
			Node method = server.method("Checkout.place", (m) -> {
				for (int i = 0; i < 3; i++) {
					orphans
						.add(m.sql("update " + Scene.TABLES[i] + " set v = ?", "UPDATE", Scene.TABLES[i], s.ms(2, 9)));
				}
			});
			s.drop(method);
			s.expect(Kind.LOST_TRACE, orphans);
			server.work(s.ms(1, 5)).end();
		});
		plays.put("LOST_TRACE: a client made by hand, to a service by its name", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			Node lost = server.call("POST", other, "/ledger", s.ms(3, 20));
			server.atOnce(3, (node, i) -> node.ask("GET", other, "/balance/{id}",
					(callee) -> callee.select("balance", "id", s.ms(2, 9))));
			s.expect(Kind.LOST_TRACE, lost);
			server.end();
		});
		plays.put("LOST_TRACE: a listener that only links", (s) -> {
			Node work = s.root(s.service(), SpanKind.CONSUMER, "orders process")
				.with("messaging.system", "kafka")
				.link();
			work.select("orders", "id", s.ms(1, 9));
			work.end();
			s.expect(Kind.LOST_TRACE, work);
		});
		plays.put("no lost trace: a batch, linked to all its senders", (s) -> {
			Node work = s.root(s.service(), SpanKind.CONSUMER, "orders process").with("messaging.system", "kafka");
			for (int i = s.some(2, 20); i > 0; i--) {
				work.link();
			}
			work.sql("insert into orders (id) values (?)", "INSERT", "orders", s.ms(3, 20))
				.with("db.operation.batch.size", 20);
			work.end();
		});
		plays.put("no lost trace: a request that is still at work", (s) -> {
			Node server = s.server(null, s.service(), "POST", "/api/orders", 0);
			server.chores();
			for (int i = 0; i < 3; i++) {
				server.select(Scene.TABLES[i], "id", s.ms(2, 9));
			}
			s.drop(server);
		});
		plays.put("no lost trace: a refused call to a traced service", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			server.ask("GET", other, "/a/{id}", (node) -> node.select("a", "id", s.ms(1, 9)));
			Node failed = server.call("GET", other, "/b/{id}", s.ms(0.5, 3), 0).fail("java.net.ConnectException");
			s.expect(Kind.FAILING_DEPENDENCY, failed);
			server.end();
		});
	}

	private static void trivial(Map<String, Consumer<Scene>> plays) {
		plays.put("TRIVIAL_SPANS: a name with numbers, in a job", (s) -> {
			Node job = job(s, "Parser.run");
			List<Node> spans = new ArrayList<>();
			int count = s.some(120, 2000);
			for (int i = 0; i < count; i++) {
				spans.add(job.step(SpanKind.INTERNAL, "parse line " + i, s.ms(0.001, 0.1)));
			}
			s.expect(Kind.TRIVIAL_SPANS, spans);
			job.end();
		});
		plays.put("no trivial spans: short ones, each of its own name", (s) -> {
			Node server = s.request();
			for (int i = 0; i < 130; i++) {
				String name = (char) ('A' + i % 26) + "Rule" + (char) ('a' + i / 26) + ".applies";
				server.step(SpanKind.INTERNAL, name, s.ms(0.01, 0.1));
			}
			server.end();
		});
	}

	private static void mixed(Map<String, Consumer<Scene>> plays) {
		plays.put("mixed: a wait for a connection, then a statement again and again", (s) -> {
			Node server = s.request();
			Node wait = server.step(SpanKind.INTERNAL, "db.connection.acquire", s.ms(40, 200));
			List<Node> spans = new ArrayList<>();
			for (int i = s.some(15, 50); i > 0; i--) {
				spans.add(server.select("lines", "order_id", s.ms(0.5, 4)));
			}
			s.expect(Kind.POOL_WAIT, wait);
			s.expect(Kind.N_PLUS_ONE, spans);
			server.end();
		});
		plays.put("mixed: a slow callee that is retried until the request fails", (s) -> {
			Node server = s.request();
			List<Node> calls = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				calls.add(server.call("POST", HOSTS[4], "/decide", s.ms(200, 900), 504));
				server.work(s.ms(1, 5));
			}
			server.fail("504");
			server.enclosing.forEach((node) -> node.fail("504"));
			s.expect(Kind.RETRY_STORM, calls);
			s.expect(Kind.ERROR_ORIGIN, calls);
			server.end();
		});
		plays.put("mixed: clocks that disagree and a gap", (s) -> {
			Node server = s.request();
			String other = s.service(server.service);
			List<Node> spans = new ArrayList<>();
			server.ask("GET", other, "/compute/{id}", (node) -> {
				spans.add(node);
				node.work(s.ms(300, 900));
				node.select("results", "id", s.ms(1, 9));
			});
			s.skew(other, -s.ms(50, 4000));
			s.expect(Kind.CLOCK_SKEW, spans);
			s.expect(Kind.GAP, spans);
			server.end();
		});
	}

}
