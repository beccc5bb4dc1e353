package io.hindspan.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
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

	static final String EXCLUDED = Excluded.argument(Excluded.JPA, Excluded.SECURITY);

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void closedApplicationsLeaveNothingBehind(@TempDir Path directory) throws Exception {
		Path output = directory.resolve("output.log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:SoftRefLRUPolicyMSPerMB=0", "-cp",
				System.getProperty("java.class.path"), LeakCheck.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(4, TimeUnit.MINUTES)).as(() -> text(output)).isTrue();
			assertThat(process.exitValue()).as(() -> text(output)).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
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

}
