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

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications that come and go in one JVM.
 */
class LifecycleTests {

	private static final Duration BOUND = Duration.ofSeconds(60);

	static final String EXCLUDED = Excluded.argument(Excluded.JPA, Excluded.SECURITY);

	private static final List<String> OWN_THREADS = List.of("otlp-receiver", "HttpClient-", "HTTP-", "awaitility");

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void twentyOpenedAndClosedContextsLeaveNothingBehind() throws Exception {
		try (OtlpReceiver receiver = OtlpReceiver.start()) {
			// What the JVM keeps once, such as pools of libraries, is there after these
			for (int cycle = 0; cycle < 2; cycle++) {
				openUseAndClose(receiver);
			}
			Map<String, Integer> threads = threads();
			List<Reference<?>> closed = new ArrayList<>();
			for (int cycle = 0; cycle < 20; cycle++) {
				closed.add(openUseAndClose(receiver));
			}
			Awaitility.await("threads").atMost(BOUND).untilAsserted(() -> assertThat(surplus(threads)).isEmpty());
			// The log keeps the environment of the application that started last
			try (ConfigurableApplicationContext last = new SpringApplicationBuilder(Object.class)
				.web(WebApplicationType.NONE)
				.registerShutdownHook(false)
				.run()) {
				Awaitility.await("closed contexts").atMost(BOUND).untilAsserted(() -> {
					clearSoftReferences();
					assertThat(closed).allSatisfy((reference) -> assertThat(reference.get()).isNull());
				});
			}
		}
	}

	@Test
	void spansOfTwoLiveContextsReachTheirOwnReceivers() throws Exception {
		try (OtlpReceiver first = OtlpReceiver.start(); OtlpReceiver second = OtlpReceiver.start()) {
			ConfigurableApplicationContext one = start(first, "one");
			try (ConfigurableApplicationContext two = start(second, "two")) {
				assertThat(services(use(one, first), first)).containsOnly("one");
				assertThat(services(use(two, second), second)).containsOnly("two");
				assertThat(first.spans()).extracting((span) -> span.resource().get("service.name")).containsOnly("one");
				assertThat(second.spans()).extracting((span) -> span.resource().get("service.name"))
					.containsOnly("two");
				one.close();
				first.reset();
				assertThat(services(use(two, second), second)).containsOnly("two");
				assertThat(first.spans()).isEmpty();
			}
			finally {
				one.close();
			}
		}
	}

	@Test
	void workOfAnotherContextOnTheSameThreadReachesItsOwnReceiver() {
		try (OtlpReceiver first = OtlpReceiver.start();
				OtlpReceiver second = OtlpReceiver.start();
				ConfigurableApplicationContext one = start(first, "one");
				ConfigurableApplicationContext two = start(second, "two")) {
			observe(one, "outer", () -> {
				observe(two, "inner", () -> CurrentSpan.childRun("inner child", () -> {
				}));
				CurrentSpan.childRun("outer child", () -> {
				});
			});
			RecordedSpan outer = first.awaitSpan((span) -> span.name().equals("outer"));
			RecordedSpan inner = second.awaitSpan((span) -> span.name().equals("inner"));
			assertThat(inner.traceId()).isEqualTo(outer.traceId());
			assertThat(inner.parentSpanId()).isEqualTo(outer.spanId());
			assertThat(second.awaitSpan((span) -> span.name().equals("inner child")).parentSpanId())
				.isEqualTo(inner.spanId());
			assertThat(first.awaitSpan((span) -> span.name().equals("outer child")).parentSpanId())
				.isEqualTo(outer.spanId());
			assertThat(names(first)).doesNotContain("inner", "inner child");
			assertThat(names(second)).doesNotContain("outer", "outer child");
		}
	}

	@Test
	void classLoaderOfAClosedApplicationIsLeftBehindAsInPlainSpringBoot() throws Exception {
		Reference<?> plain = classLoaderOfAClosedApplication("--hindspan.enabled=false");
		Reference<?> traced = classLoaderOfAClosedApplication("--hindspan.enabled=true");
		Awaitility.await("class loaders").atMost(BOUND).untilAsserted(() -> {
			clearSoftReferences();
			assertThat(plain.get()).isNull();
			assertThat(traced.get()).isNull();
		});
	}

	private static Reference<?> classLoaderOfAClosedApplication(String on) throws Exception {
		try (SeparateClassPath classPath = SeparateClassPath.whole()) {
			assertThat(classPath.run(BehaviourScenario.class, "--management.tracing.sampling.probability=1", on))
				.containsEntry("status", 200);
			return new WeakReference<>(classPath.loader());
		}
	}

	private Reference<?> openUseAndClose(OtlpReceiver receiver) throws Exception {
		try (ConfigurableApplicationContext context = start(receiver, "tasks")) {
			use(context, receiver);
			return new WeakReference<>(context);
		}
	}

	private static ConfigurableApplicationContext start(OtlpReceiver receiver, String name) {
		return TracedApplication.start(receiver, WebApplicationType.SERVLET, TasksApplication.class, EXCLUDED,
				"--spring.application.name=" + name);
	}

	private String use(ConfigurableApplicationContext context, OtlpReceiver receiver) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + TracedApplication.port(context) + "/tasks/17"))
			.build();
		HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
		receiver.awaitTrace((trace) -> trace.traceId().equals(traceId)
				&& trace.spans((span) -> span.name().equals("GET /tasks/{id}")).size() == 1);
		return traceId;
	}

	private static List<Object> services(String traceId, OtlpReceiver receiver) {
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.traceId().equals(traceId));
		return trace.spans().stream().map((span) -> span.resource().get("service.name")).toList();
	}

	private static List<String> names(OtlpReceiver receiver) {
		return receiver.spans().stream().map(RecordedSpan::name).toList();
	}

	private static void observe(ConfigurableApplicationContext context, String name, Runnable work) {
		Observation.createNotStarted(name, context.getBean(ObservationRegistry.class)).observe(work);
	}

	/**
	 * Caches of the JDK and of Spring hold softly, which only a heap that overflows ends.
	 */
	static void clearSoftReferences() {
		List<Object> hoard = new ArrayList<>();
		try {
			while (true) {
				hoard.add(new long[Integer.MAX_VALUE / Long.BYTES]);
			}
		}
		catch (OutOfMemoryError ex) {
			hoard.clear();
		}
		System.gc();
	}

	/**
	 * The live threads by their names without numbers, except those of the test itself.
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

}
