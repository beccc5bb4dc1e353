package io.hindspan.compatibility;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;

import org.awaitility.Awaitility;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Opens and closes applications and looks for what they leave behind. It needs a JVM of
 * its own that clears soft references at every collection.
 */
final class LeakCheck {

	/** More than the minute for which OkHttp keeps threads that have nothing to do. */
	private static final Duration BOUND = Duration.ofSeconds(100);

	/** Of the check itself. */
	private static final List<String> OWN_THREADS = List.of("otlp-receiver", "HttpClient-", "HTTP-", "awaitility");

	/** They keep a thread for as long as the JVM runs, and with it their class loader. */
	private static final String[] KEEP_THREADS = { "mysql-connector-", "micrometer-registry-prometheus", "prometheus-",
			"spring-kafka-test", "qpid-" };

	private LeakCheck() {
	}

	/**
	 * Makes both checks.
	 * @param args none
	 * @throws Exception if something is left behind
	 */
	public static void main(String[] args) throws Exception {
		checkContexts();
		checkClassLoader();
		System.exit(0);
	}

	private static void checkContexts() throws Exception {
		HttpClient client = HttpClient.newHttpClient();
		try (OtlpReceiver receiver = OtlpReceiver.start()) {
			// What the JVM keeps once, such as pools of libraries, is there after these
			for (int cycle = 0; cycle < 2; cycle++) {
				openUseAndClose(receiver, client);
			}
			Map<String, Integer> threads = threads();
			List<Reference<?>> closed = new ArrayList<>();
			for (int cycle = 0; cycle < 20; cycle++) {
				closed.add(openUseAndClose(receiver, client));
			}
			Awaitility.await("threads").atMost(BOUND).untilAsserted(() -> assertThat(surplus(threads)).isEmpty());
			// The log keeps the environment of the application that started last
			try (ConfigurableApplicationContext last = new SpringApplicationBuilder(Object.class)
				.web(WebApplicationType.NONE)
				.registerShutdownHook(false)
				.run()) {
				awaitCollected("contexts", closed);
			}
		}
	}

	private static Reference<?> openUseAndClose(OtlpReceiver receiver, HttpClient client) throws Exception {
		try (ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.SERVLET,
				TasksApplication.class, LifecycleTests.EXCLUDED)) {
			URI uri = URI.create("http://localhost:" + TracedApplication.port(context) + "/tasks/17");
			HttpResponse<String> response = client.send(HttpRequest.newBuilder(uri).build(),
					HttpResponse.BodyHandlers.ofString());
			String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
			receiver.awaitTrace((trace) -> trace.traceId().equals(traceId)
					&& trace.spans((span) -> span.name().equals("GET /tasks/{id}")).size() == 1);
			receiver.drain();
			return new WeakReference<>(context);
		}
	}

	private static void checkClassLoader() throws Exception {
		Reference<?> classLoader = classLoaderOfAClosedApplication();
		// The JDK keeps the last records, of each number of components, whose methods it
		// has made
		assertThat(new LastRecord("")).isEqualTo(new LastRecord("")).hasSameHashCodeAs(new LastRecord(""));
		LastRecordOfTwo two = new LastRecordOfTwo("", Thread.State.NEW);
		assertThat(two).isEqualTo(new LastRecordOfTwo("", Thread.State.NEW))
			.hasSameHashCodeAs(new LastRecordOfTwo("", Thread.State.NEW));
		awaitCollected("class loaders", List.of(classLoader));
	}

	private static Reference<?> classLoaderOfAClosedApplication() throws Exception {
		try (SeparateClassPath classPath = SeparateClassPath.without(KEEP_THREADS)) {
			// Spring Security keeps a context for the thread that asks for one
			FutureTask<Map<String, Object>> run = new FutureTask<>(() -> classPath.run(ClassLoaderScenario.class));
			Thread thread = new Thread(run);
			thread.start();
			assertThat(run.get()).containsEntry("status", 200).containsEntry("traced", true);
			thread.join();
			return new WeakReference<>(classPath.loader());
		}
	}

	private static void awaitCollected(String what, List<Reference<?>> references) {
		Awaitility.await(what).atMost(BOUND).untilAsserted(() -> {
			System.gc();
			assertThat(references).allSatisfy((reference) -> assertThat(reference.get()).isNull());
		});
	}

	/**
	 * The live threads by their names without numbers, except those of the check itself.
	 */
	private static Map<String, Integer> threads() {
		Map<String, Integer> threads = new TreeMap<>();
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			String name = thread.getName().replaceAll("\\d+", "#");
			if (OWN_THREADS.stream().noneMatch(name::startsWith)) {
				threads.merge(name, 1, Integer::sum);
			}
		}
		return threads;
	}

	private static Map<String, Integer> surplus(Map<String, Integer> before) {
		Map<String, Integer> surplus = threads();
		surplus.entrySet().removeIf((entry) -> entry.getValue() <= before.getOrDefault(entry.getKey(), 0));
		return surplus;
	}

	private record LastRecord(Object value) {
	}

	private record LastRecordOfTwo(String value, Thread.State other) {
	}

}
