package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Traces of a task-management service, the same ones every time.
 */
final class TaskTraces {

	static final String HOSTILE = "<img src=x onerror=\"window.stolen=1\"><script>window.stolen=1</script>";

	private static final String API = "taskmanager-api";

	private static final String WORKER = "taskmanager-worker";

	private static final String NOTIFIER = "taskmanager-notifier";

	private static final String STACK = """
			org.springframework.dao.DataIntegrityViolationException: could not execute statement [ERROR: duplicate key value violates unique constraint "tasks_title_key"]
			\tat org.springframework.orm.jpa.hibernate.HibernateExceptionTranslator.convert(HibernateExceptionTranslator.java:87)
			\tat org.springframework.orm.jpa.vendor.HibernateJpaDialect.translateExceptionIfPossible(HibernateJpaDialect.java:231)
			\tat org.springframework.transaction.interceptor.TransactionInterceptor.invoke(TransactionInterceptor.java:119)
			\tat org.springframework.aop.framework.ReflectiveMethodInvocation.proceed(ReflectiveMethodInvocation.java:184)
			\tat com.example.taskmanager.task.TaskRepository.save(TaskRepository.java:41)
			\tat com.example.taskmanager.task.CreateTaskUseCase.execute(CreateTaskUseCase.java:58)
			\tat jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)
			\tat java.base/java.lang.reflect.Method.invoke(Method.java:580)
			\tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:251)
			\tat com.example.taskmanager.task.TaskController.create(TaskController.java:72)
			\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:963)
			\tat org.apache.catalina.core.StandardWrapperValve.invoke(StandardWrapperValve.java:165)
			Caused by: org.postgresql.util.PSQLException: ERROR: duplicate key value violates unique constraint "tasks_title_key"
			\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2734)
			\tat org.postgresql.jdbc.PgPreparedStatement.executeUpdate(PgPreparedStatement.java:120)
			\t... 38 more
			""";

	private final Random random = new Random(42);

	private int count;

	/** A few dozen traces, the last of which starts at the given time. */
	List<TraceFixture> all(long now) {
		List<TraceFixture> traces = new ArrayList<>();
		for (int i = 44; i > 0; i--) {
			traces.add(next(now - 14_000_000L * i - this.random.nextInt(9_000_000)));
		}
		traces.add(serial(now - 11_000_000));
		traces.add(slowList(now - 9_000_000));
		traces.add(failing(now - 4_000_000));
		traces.add(created(now - 1_500_000, 1));
		return traces;
	}

	TraceFixture next(long start) {
		int kind = this.random.nextInt(16);
		return switch (kind) {
			case 0, 1, 2 -> created(start, 1 + this.random.nextDouble() * 2);
			case 3 -> failing(start);
			case 4, 5 -> slowList(start);
			case 6 -> serial(start);
			default -> read(start, kind < 12);
		};
	}

	String nextId() {
		this.count++;
		return "%08x%08x%08x%08x".formatted(0x4bf92f35 * this.count, 77777777 * this.count, this.random.nextInt(),
				this.random.nextInt());
	}

	TraceFixture read(long start, boolean cached) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		long total = (cached ? 2_100 : 9_400) + this.random.nextInt(6_000);
		String root = request(trace, "GET", "/api/v1/tasks/{id}", "/api/v1/tasks/4711", 200, total);
		trace.span(root, API, "CLIENT", "GET", 300, 640, "db.system.name", "redis", "db.operation.name", "GET",
				"server.address", "localhost", "server.port", 6379);
		if (!cached) {
			String select = select(trace, root, "tasks", 1_200, total - 2_500, 1);
			trace.event(root, "cache_miss", 1_000, "cache.system", "redis", "cache.key", "task:?");
			trace.critical(root, 0, 1_200).critical(select, 1_200, total - 2_500).critical(root, total - 1_300, 1_300);
		}
		else {
			trace.critical(root, 0, total);
		}
		return trace;
	}

	TraceFixture created(long start, double slowness) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		long wait = (long) (21_000 * slowness);
		String root = request(trace, "POST", "/api/v1/tasks", "/api/v1/tasks", 201, 61_000 + wait);
		String authorize = trace.span(root, API, "INTERNAL", "authorize_request", 900, 3_100, "permission.required",
				"tasks:write", "authorization.granted", true);
		trace.span(authorize, API, "CLIENT", "GET", 1_300, 1_050, "db.system.name", "redis", "db.operation.name", "GET",
				"server.address", "localhost");
		String useCase = trace.span(root, API, "INTERNAL", "CreateTaskUseCase.execute", 4_400, 40_000 + wait, "task.id",
				4711, "task.priority", "HIGH", "organization.id", 12);
		String acquire = trace.span(useCase, API, "INTERNAL", "db.connection.acquire", 5_000, wait,
				"db.client.connection.pool.name", "HikariPool-1", "hindspan.db.pool.active", 10,
				"hindspan.db.pool.waiting", 7, "hindspan.db.pool.max", 10);
		long at = 5_400 + wait;
		String validate = trace.span(useCase, API, "INTERNAL", "validate_task", at, 6_300, "validation.rules",
				List.of("title", "project", "due date"));
		select(trace, validate, "projects", at + 400, 1_900, 1);
		select(trace, validate, "users", at + 2_600, 2_400, 1);
		String insert = trace.span(useCase, API, "CLIENT", "INSERT tasks", at + 7_000, 4_300, "db.system.name",
				"postgresql", "db.namespace", "taskmanager", "db.operation.name", "INSERT", "db.collection.name",
				"tasks", "db.query.text",
				"INSERT INTO tasks (title, project_id, priority, assignee_id, due_date) VALUES (?, ?, ?, ?, ?)",
				"hindspan.db.affected_rows", 1, "server.address", "localhost", "server.port", 5432);
		trace.event(useCase, "task.created", at + 11_500, "task.id", 4711);
		String http = trace.span(useCase, API, "CLIENT", "GET /notifications/quota", at + 12_200, 15_800,
				"http.request.method", "GET", "url.full", "http://localhost:8082/notifications/quota",
				"http.response.status_code", 200, "server.address", "localhost", "server.port", 8082);
		String quota = trace.span(http, NOTIFIER, "SERVER", "GET /notifications/quota", at + 13_400, 13_300,
				"http.request.method", "GET", "http.route", "/notifications/quota", "http.response.status_code", 200);
		trace.span(quota, NOTIFIER, "CLIENT", "INCR", at + 14_000, 900, "db.system.name", "redis", "db.operation.name",
				"INCR");
		trace.span(quota, NOTIFIER, "INTERNAL", "SendingQuota.check", at + 15_300, 10_200);
		String send = trace.span(useCase, API, "PRODUCER", "task-events send", at + 29_000, 2_600, "messaging.system",
				"kafka", "messaging.destination.name", "task-events", "messaging.operation.type", "send",
				"messaging.kafka.message.offset", 1882);
		String process = trace.span(send, WORKER, "CONSUMER", "task-events process", at + 34_500, 24_000,
				"messaging.system", "kafka", "messaging.destination.name", "task-events", "messaging.operation.type",
				"process", "messaging.consumer.group.name", "indexer");
		String index = trace.span(process, WORKER, "INTERNAL", "TaskIndex.update", at + 35_200, 15_300);
		trace.span(index, WORKER, "CLIENT", "SELECT tasks", at + 36_000, 4_200, "db.system.name", "postgresql",
				"db.operation.name", "SELECT", "db.query.text", "SELECT * FROM tasks WHERE id = ?");
		trace.span(index, WORKER, "CLIENT", "UPDATE task_index", at + 41_300, 8_100, "db.system.name", "postgresql",
				"db.operation.name", "UPDATE", "db.query.text",
				"UPDATE task_index SET document = ?, version = version + 1 WHERE task_id = ? AND version = ?");
		String publish = trace.span(process, WORKER, "PRODUCER", "notifications send", at + 51_200, 1_400,
				"messaging.system", "rabbitmq", "messaging.destination.name", "notifications");
		trace.span(publish, NOTIFIER, "CONSUMER", "notifications process", at + 55_400, 16_500, "messaging.system",
				"rabbitmq", "messaging.destination.name", "notifications", "messaging.rabbitmq.destination.routing_key",
				"task.created");
		trace.critical(root, 0, 5_000)
			.critical(acquire, 5_000, wait)
			.critical(insert, at + 7_000, 4_300)
			.critical(http, at + 12_200, 1_200)
			.critical(quota, at + 13_400, 13_300)
			.critical(http, at + 26_700, 1_300)
			.critical(useCase, at + 28_000, 1_000)
			.critical(send, at + 29_000, 2_600);
		trace.finding("POOL_WAIT", "%.0f ms waiting for a connection of HikariPool-1".formatted(wait / 1000.0),
				"All 10 connections were in use and 7 others were waiting when db.connection.acquire began.", wait,
				"Raise spring.datasource.hikari.maximum-pool-size above 10, or shorten the transactions that hold the connections.",
				List.of(acquire));
		trace.log(root, 800, "INFO", "com.example.taskmanager.task.TaskController", "Creating a task in project 1",
				null);
		trace.log(acquire, 4_000 + wait, "WARN", "com.zaxxer.hikari.pool.HikariPool",
				"HikariPool-1 - 7 threads are waiting for a connection", null);
		trace.log(useCase, at + 11_600, "INFO", "com.example.taskmanager.task.CreateTaskUseCase", "Created task 4711",
				null);
		trace.log(process, at + 34_900, "DEBUG", "com.example.taskmanager.worker.TaskListener",
				"Received TaskCreated[id=4711] from task-events-0@1882", null);
		return trace;
	}

	TraceFixture failing(long start) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		String root = request(trace, "POST", "/api/v1/tasks", "/api/v1/tasks", 500, 38_000);
		String authorize = trace.span(root, API, "INTERNAL", "authorize_request", 700, 2_300, "permission.required",
				"tasks:write", "authorization.granted", true);
		String useCase = trace.span(root, API, "INTERNAL", "CreateTaskUseCase.execute", 3_400, 33_000, "task.priority",
				"LOW", "error.type", "org.springframework.dao.DataIntegrityViolationException");
		select(trace, useCase, "projects", 4_100, 2_800, 1);
		String insert = trace.span(useCase, API, "CLIENT", "INSERT tasks", 7_900, 24_300, "db.system.name",
				"postgresql", "db.operation.name", "INSERT", "db.collection.name", "tasks", "db.query.text",
				"INSERT INTO tasks (title, project_id) VALUES (?, ?)", "db.response.status_code", "23505", "error.type",
				"23505");
		trace.fail(insert, "ERROR: duplicate key value violates unique constraint \"tasks_title_key\"");
		trace.event(insert, "exception", 32_000, "exception.type",
				"org.springframework.dao.DataIntegrityViolationException", "exception.message",
				"could not execute statement [ERROR: duplicate key value violates unique constraint \"tasks_title_key\"]",
				"exception.stacktrace", STACK);
		trace.fail(useCase, "could not execute statement").fail(root, "500 Internal Server Error");
		trace.link(root, "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", false);
		trace.critical(root, 0, 3_400)
			.critical(useCase, 3_400, 4_500)
			.critical(insert, 7_900, 24_300)
			.critical(useCase, 32_200, 4_200)
			.critical(root, 36_400, 1_600);
		trace.finding("ERROR_ORIGIN", "INSERT tasks failed and the request failed with it",
				"DataIntegrityViolationException began in INSERT tasks (SQLSTATE 23505) and went up through CreateTaskUseCase.execute to POST /api/v1/tasks.",
				24_300,
				"Answer 409 Conflict where the title is taken: check before the insert, or map DataIntegrityViolationException in an exception handler.",
				List.of(insert, useCase, root));
		trace.log(root, 600, "INFO", "com.example.taskmanager.task.TaskController", "Creating a task in project 1",
				null);
		trace.log(authorize, 2_100, "DEBUG", "com.example.taskmanager.security.Authorization", "tasks:write granted",
				null);
		trace.log(root, 36_900, "ERROR", "com.example.taskmanager.web.UnexpectedErrors", "Unhandled exception", STACK);
		return trace;
	}

	TraceFixture slowList(long start) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		long total = 1_340_000 + this.random.nextInt(200_000);
		String root = request(trace, "GET", "/api/v1/tasks", "/api/v1/tasks", 200, total);
		String service = trace.span(root, API, "INTERNAL", "TaskService.list", 1_900, total - 3_000, "task.count", 40);
		String first = trace.span(service, API, "CLIENT", "SELECT tasks", 2_600, 310_000, "db.system.name",
				"postgresql", "db.operation.name", "SELECT", "db.collection.name", "tasks", "db.query.text",
				"SELECT t.* FROM tasks t WHERE t.project_id = ? ORDER BY t.due_date LIMIT ?",
				"db.response.returned_rows", 40);
		List<String> repeated = new ArrayList<>();
		trace.critical(root, 0, 1_900).critical(first, 2_600, 310_000);
		long step = (total - 330_000) / 40;
		for (int i = 0; i < 40; i++) {
			long at = 314_000 + i * step;
			repeated.add(select(trace, service, "users", at, step - 1_500, 1));
			trace.critical(repeated.get(i), at, step - 1_500);
		}
		trace.finding("N_PLUS_ONE", "SELECT users ran 40 times where one statement would do",
				"40 spans with the same statement beneath TaskService.list, one for each row of SELECT tasks; together %.2f s."
					.formatted(40 * (step - 1_500) / 1e6),
				40 * (step - 1_500),
				"Fetch the users with the tasks: @EntityGraph(attributePaths = \"assignee\") or a JOIN FETCH, or read them by WHERE id IN (…).",
				repeated);
		trace.finding("SLOW_STATEMENT", "SELECT tasks took 310 ms",
				"SELECT t.* FROM tasks t WHERE t.project_id = ? ORDER BY t.due_date LIMIT ? returned 40 rows.", 310_000,
				"Look at EXPLAIN (ANALYZE) of the statement; an index on tasks (project_id, due_date) serves both the filter and the order.",
				List.of(first));
		return trace;
	}

	TraceFixture serial(long start) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		String root = trace.span(null, WORKER, "INTERNAL", "scheduled RetryNotifications.run", 0, 412_000,
				"code.function.name", "com.example.taskmanager.worker.RetryNotifications.run");
		List<String> calls = new ArrayList<>();
		trace.critical(root, 0, 4_000);
		for (int i = 0; i < 4; i++) {
			long at = 5_000 + i * 100_000L;
			String call = trace.span(root, WORKER, "CLIENT", "POST /notifications/preview", at, 96_000,
					"http.request.method", "POST", "http.response.status_code", (i == 2) ? 503 : 200, "url.full",
					"http://localhost:8082/notifications/preview?token=REDACTED");
			String served = trace.span(call, NOTIFIER, "SERVER", "POST /notifications/preview", at + 2_000, 91_000,
					"http.request.method", "POST", "http.route", "/notifications/preview", "http.response.status_code",
					(i == 2) ? 503 : 200);
			trace.span(served, NOTIFIER, "INTERNAL", "TemplateEngine.render", at + 5_000, 80_000);
			trace.event(call, "retry_attempt", at + 50_000, "retry.attempt", 2, "retry.max_attempts", 3, "retry.reason",
					"503");
			if (i == 2) {
				trace.fail(served, "quota exceeded").fail(call, "503 Service Unavailable");
			}
			calls.add(call);
			trace.critical(call, at, 96_000);
		}
		trace.finding("SERIAL_CALLS", "4 independent calls of taskmanager-notifier one after the other",
				"POST /notifications/preview ran 4 times in a row; none began before the one before it had ended.",
				288_000,
				"Start them together, for example with CompletableFuture.supplyAsync on an executor that Hindspan wraps: 96 ms instead of 400 ms.",
				calls);
		trace.finding("FAILING_DEPENDENCY", "taskmanager-notifier answered 503 once in 4 calls",
				"POST /notifications/preview: 503 Service Unavailable, quota exceeded.", 96_000,
				"Look at why the notifier's quota is exhausted; a circuit breaker would spare the attempts.",
				List.of(calls.get(2)));
		return trace;
	}

	/** A batch of thousands of spans. */
	TraceFixture large(long start, int spans) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		String root = trace.span(null, WORKER, "INTERNAL", "ReindexTasksJob.execute", 0, spans * 520L);
		String chunk = root;
		for (int i = 1; i < spans; i++) {
			long at = i * 500L;
			if (i % 50 == 1) {
				chunk = trace.span(root, WORKER, "INTERNAL", "chunk " + (i / 50 + 1), at, 50 * 490L);
			}
			else {
				trace.span(chunk, (i % 7 == 0) ? NOTIFIER : WORKER, "CLIENT",
						(i % 3 == 0) ? "UPDATE task_index" : "SELECT tasks", at, 100 + this.random.nextInt(380),
						"db.system.name", "postgresql", "task.id", i);
			}
		}
		return trace;
	}

	/** What somebody else may put into a trace. */
	TraceFixture hostile(long start) {
		TraceFixture trace = new TraceFixture(nextId(), start);
		String root = trace.span(null, HOSTILE, "SERVER", HOSTILE, 0, 5_000, "html", HOSTILE, "url.full",
				"javascript:window.stolen=1", "bidi", "user\u202Egpj.exe", "long", "long ".repeat(2_000), "huge",
				"h".repeat(1_000_000), HOSTILE, "a name", "__proto__", "polluted", "constructor", "constructed",
				"quotes", "\"' AND status=\\", "list", List.of(HOSTILE, "b"), "object", Map.of("inner", HOSTILE));
		trace.event(root, HOSTILE, 1_000, HOSTILE, HOSTILE);
		trace.event(root, "exception", 1_500, "exception.type", HOSTILE, "exception.stacktrace",
				HOSTILE + "\n\tat " + HOSTILE);
		trace.link(root, "javascript:window.stolen=1", HOSTILE, true);
		trace.fail(root, HOSTILE);
		trace.finding(HOSTILE, HOSTILE, HOSTILE, 1_000, HOSTILE, List.of(root, HOSTILE));
		trace.log(root, 1_000, HOSTILE, HOSTILE, HOSTILE, HOSTILE);
		return trace;
	}

	private String request(TraceFixture trace, String method, String route, String path, int status, long duration) {
		return trace.span(null, API, "SERVER", method + " " + route, 0, duration, "http.request.method", method,
				"http.route", route, "url.path", path, "url.scheme", "http", "http.response.status_code", status,
				"server.address", "localhost", "server.port", 8080, "client.address", "127.0.0.1",
				"user_agent.original", "curl/8.14.1", "network.protocol.version", "1.1");
	}

	private String select(TraceFixture trace, String parent, String table, long from, long duration, int rows) {
		return trace.span(parent, API, "CLIENT", "SELECT " + table, from, duration, "db.system.name", "postgresql",
				"db.namespace", "taskmanager", "db.operation.name", "SELECT", "db.collection.name", table,
				"db.query.text", "SELECT * FROM " + table + " WHERE id = ?", "db.response.returned_rows", rows,
				"server.address", "localhost", "server.port", 5432);
	}

}
