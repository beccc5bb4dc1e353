package io.hindspan.export;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.export.MisbehavingServer.Behaviour;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for targets, as applications configure and watch them.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExportTargetsTests {

	private static final String FAST_RETRY = "--hindspan.export.retry.initial-interval=20ms";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(String... args) {
		start(WebApplicationType.NONE, args);
	}

	private void start(WebApplicationType type, String... args) {
		this.context = TracedApplication.start(this.receiver, type, Application.class, args);
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "gzip" })
	void namedTargetOfOtlpIsBesideSpringBootsOwn(String compression) {
		try (OtlpReceiver other = OtlpReceiver.start()) {
			start("--hindspan.export.targets.other.type=otlp",
					"--hindspan.export.targets.other.endpoint=" + other.endpoint(),
					"--hindspan.export.targets.other.headers.x-tenant=tasks",
					"--hindspan.export.targets.other.compression=" + compression);
			observe("both");
			assertThat(this.receiver.awaitSpans(1)).extracting("name").containsExactly("both");
			assertThat(other.awaitSpans(1)).extracting("name").containsExactly("both");
			RecordedRequest request = other.requests().get(0);
			assertThat(request.headers()).containsEntry("x-tenant", List.of("tasks"));
			assertThat(request.headers().getOrDefault("content-encoding", List.of("none")))
				.containsExactly(compression);
		}
	}

	@Test
	void grpcBackendThatIsAwayIsWaitedForAndSaidOnce(CapturedOutput output) throws IOException {
		start("--management.opentelemetry.tracing.export.otlp.transport=grpc", FAST_RETRY,
				"--hindspan.export.shutdown-timeout=1s",
				"--management.opentelemetry.tracing.export.otlp.endpoint=http://127.0.0.1:"
						+ MisbehavingServer.freePort());
		observe("waiting");
		Target target = this.context.getBean(SpanPipeline.class).targets().get(0);
		await().untilAsserted(() -> assertThat(target.statistics().retries()).isGreaterThan(2));
		assertThat(target.size()).isEqualTo(1);
		assertThat(output.toString().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")))
			.singleElement()
			.asString()
			.contains("Target 'otlp' cannot be reached");
	}

	@Test
	void predicatesFiltersAndReportersOfMicrometerTracingAreHeard() {
		try (OtlpReceiver other = OtlpReceiver.start()) {
			this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Micrometer.class,
					"--hindspan.export.targets.other.type=otlp",
					"--hindspan.export.targets.other.endpoint=" + other.endpoint());
			observe("unwanted");
			observe("wanted");
			assertThat(this.receiver.awaitSpans(1)).extracting("name").containsExactly("renamed");
			assertThat(other.awaitSpans(1)).extracting("name").containsExactly("renamed");
			assertThat(this.context.getBean(Micrometer.class).reported).containsExactly("renamed");
		}
	}

	@Test
	void consoleMayBeATarget(CapturedOutput output) {
		start("--hindspan.export.targets.log.type=console");
		observe("printed");
		await().untilAsserted(() -> assertThat(output).contains("└─ printed"));
		assertThat(this.receiver.awaitSpans(1)).hasSize(1);
	}

	@Test
	void certificateOfAnSslBundleIsTrusted(@TempDir Path directory) throws Exception {
		Path store = keyStore(directory);
		AtomicInteger spans = new AtomicInteger();
		HttpsServer server = https(store, spans);
		try {
			String endpoint = "https://localhost:" + server.getAddress().getPort() + "/v1/traces";
			start(FAST_RETRY, "--hindspan.export.shutdown-timeout=1s", "--hindspan.export.targets.trusting.type=otlp",
					"--hindspan.export.targets.trusting.endpoint=" + endpoint,
					"--hindspan.export.targets.trusting.ssl.bundle=backend",
					"--hindspan.export.targets.strict.type=zipkin",
					"--hindspan.export.targets.strict.endpoint=" + endpoint,
					"--spring.ssl.bundle.jks.backend.truststore.location=" + store.toUri(),
					"--spring.ssl.bundle.jks.backend.truststore.type=PKCS12",
					"--spring.ssl.bundle.jks.backend.truststore.password=changeit");
			observe("secured");
			await().untilAsserted(() -> assertThat(spans).hasValue(1));
			Target strict = this.context.getBean(SpanPipeline.class)
				.targets()
				.stream()
				.filter((target) -> target.name().equals("strict"))
				.findFirst()
				.orElseThrow();
			await().untilAsserted(() -> assertThat(strict.status().lastError()).contains("SSLHandshakeException"));
			assertThat(strict.size()).isEqualTo(1);
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void nothingIsSentToNamedTargetsWhereExportIsOff() {
		try (OtlpReceiver other = OtlpReceiver.start()) {
			start("--management.tracing.export.enabled=false", "--hindspan.export.targets.other.type=otlp",
					"--hindspan.export.targets.other.endpoint=" + other.endpoint());
			assertThat(this.context.getBean(SpanPipeline.class).targets()).extracting(Target::name)
				.containsExactly("console", "store");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					targets.a.endpoint=http://a/v1/traces          | targets.a.type            | Set it to otlp, zipkin or console.
					targets.a.type=otlp                            | targets.a.endpoint        | Set it to the full URL
					targets.a.type=otlp a.endpoint=collector:4318  | targets.a.endpoint        | Set it to the full URL
					targets.a.type=otlp a.endpoint=http://a:4318   | targets.a.endpoint        | such as http://collector:4318/v1/traces
					targets.a.type=zipkin a.endpoint=http://a:9411 | targets.a.endpoint        | such as http://zipkin:9411/api/v2/spans
					targets.a.type=console a.endpoint=http://a/b   | targets.a.endpoint        | Remove it
					targets.a.type=otlp a.endpoint=http://a/b a.timeout=0s | targets.a.timeout | Set it to a positive time
					targets.a.type=otlp a.endpoint=http://a/b a.headers.host=x | targets.a.headers | Set only headers
					targets.a.type=otlp a.endpoint=https://a/b a.ssl.bundle=x | targets.a.ssl.bundle | Set it to the name of a bundle
					targets.otlp.type=console                      | targets.otlp              | Choose another name
					max-queue-size=511                             | max-queue-size            | Set it to at least 512
					shutdown-timeout=11s                           | shutdown-timeout          | Set it to a time from 0s to 10s
					retry.initial-interval=0s                      | retry.initial-interval    | Set it to a positive time
					retry.max-interval=1ms                         | retry.max-interval        | Set it to at least
					""")
	void whatIsWrongFailsTheStart(String settings, String property, String remedy) {
		String[] args = settings.strip().split(" ");
		for (int i = 0; i < args.length; i++) {
			args[i] = "--hindspan.export." + ((i > 0) ? "targets." : "") + args[i];
		}
		assertThatException().isThrownBy(() -> start(args))
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo("hindspan.export." + property);
				assertThat(ex.getReason()).contains(remedy);
			});
	}

	@Test
	void springBootsExporterIsATargetThatIsMeasured(CapturedOutput output) throws IOException {
		Behaviour busy = Behaviour.status("429 Too Many Requests", "Retry-After: 0");
		try (MisbehavingServer server = MisbehavingServer.start(busy, busy, Behaviour.status("401 Unauthorized"))) {
			start("--management.opentelemetry.tracing.export.otlp.endpoint=" + server.endpoint(), FAST_RETRY);
			observe("refused");
			await().untilAsserted(() -> assertThat(dropped("otlp", "rejected")).isEqualTo(1));
			observe("taken");
			await().untilAsserted(() -> assertThat(exported("none")).isEqualTo(1));
			assertThat(exported("rejected")).isEqualTo(1);
			MeterRegistry meters = this.context.getBean(MeterRegistry.class);
			assertThat(meters.get("hindspan.export.retries").tag("target", "otlp").functionCounter().count())
				.isEqualTo(2);
			assertThat(meters.get("hindspan.export.queue.size").tag("target", "otlp").gauge().value()).isZero();
			assertThat(meters.get("hindspan.export.queue.capacity").gauge().value()).isEqualTo(16384);
			assertThat(meters.get("otel.sdk.exporter.span.inflight").tag("otel.component.name", "otlp").gauge().value())
				.isZero();
			assertThat(dropped("all", "batch_queue_full")).isZero();
			assertThat(server.taken()).containsExactly("taken");
		}
		assertThat(output.toString().lines().filter((line) -> line.contains(" WARN ") || line.contains(" ERROR ")))
			.hasSize(2);
	}

	@Test
	void retryPolicyOfACustomizerIsUsed() throws IOException {
		Behaviour busy = Behaviour.status("503 Service Unavailable");
		try (MisbehavingServer server = MisbehavingServer.start(busy, busy)) {
			start("--management.opentelemetry.tracing.export.otlp.endpoint=" + server.endpoint(),
					"--test.retry-policy=true");
			observe("taken");
			await().untilAsserted(() -> assertThat(exported("none")).isEqualTo(1));
			assertThat(server.requests()).isEqualTo(3);
			MeterRegistry meters = this.context.getBean(MeterRegistry.class);
			assertThat(meters.get("hindspan.export.retries").tag("target", "otlp").functionCounter().count()).isZero();
		}
	}

	@Test
	void headerThatJavasClientDoesNotSetNeedsOpenTelemetrysSender(CapturedOutput output) {
		start("--management.opentelemetry.tracing.export.otlp.headers.host=backend.example");
		observe("sent");
		assertThat(this.receiver.awaitSpans(1)).hasSize(1);
		assertThat(this.receiver.requests().get(0).headers()).containsEntry("host", List.of("backend.example"));
		assertThat(output).contains("OpenTelemetry's own sender is used")
			.contains("the header host cannot be set")
			.doesNotContain("backend.example");
	}

	@Test
	void healthTellsWhatIsWrongAndNoProbeFails() throws Exception {
		start(WebApplicationType.SERVLET, FAST_RETRY, "--management.endpoint.health.show-details=always",
				"--management.endpoint.health.probes.enabled=true", "--hindspan.export.shutdown-timeout=1s",
				"--hindspan.export.targets.away.type=zipkin",
				"--hindspan.export.targets.away.endpoint=http://127.0.0.1:" + MisbehavingServer.freePort()
						+ "/api/v2/spans");
		assertThat(health("/traceExport").body()).contains("\"status\":\"UP\"");
		observe("waiting");
		await().untilAsserted(() -> assertThat(health("/traceExport").body()).contains("\"status\":\"DEGRADED\"")
			.contains("\"state\":\"UNREACHED\"")
			.contains("cannot be reached (no connection)")
			.contains("\"state\":\"REACHED\""));
		assertThat(health("/traceExport").statusCode()).isEqualTo(200);
		assertThat(health("").statusCode()).isEqualTo(200);
		assertThat(health("").body()).startsWith("{\"components\"").endsWith("\"status\":\"UP\"}");
		assertThat(health("/liveness").body()).contains("\"status\":\"UP\"");
		assertThat(health("/readiness").body()).contains("\"status\":\"UP\"");
	}

	@Test
	void flushWaitsUntilSpansHaveLeft() {
		start("--management.opentelemetry.tracing.export.schedule-delay=1h");
		observe("flushed");
		assertThat(this.context.getBean(SdkTracerProvider.class).forceFlush().join(10, TimeUnit.SECONDS).isSuccess())
			.isTrue();
		assertThat(this.receiver.spans()).extracting("name").containsExactly("flushed");
	}

	@Test
	void applicationEndsInTimeWhileABackendHangs(CapturedOutput output) throws IOException {
		try (MisbehavingServer server = MisbehavingServer.start(Behaviour.hang())) {
			start("--management.opentelemetry.tracing.export.otlp.endpoint=" + server.endpoint(),
					"--hindspan.export.shutdown-timeout=1s");
			observe("first");
			await().until(() -> server.requests() == 1);
			observe("second");
			long begin = System.nanoTime();
			this.context.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
		}
		assertThat(output).containsOnlyOnce("2 spans for target 'otlp' could not be sent before the end.");
	}

	private HttpResponse<String> health(String path) throws Exception {
		URI uri = URI.create("http://localhost:" + TracedApplication.port(this.context) + "/actuator/health" + path);
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
	}

	private double exported(String error) {
		return this.context.getBean(MeterRegistry.class)
			.get("otel.sdk.exporter.span.exported")
			.tag("otel.component.name", "otlp")
			.tag("otel.component.type", "otlp_http_span_exporter")
			.tag("error.type", error)
			.functionCounter()
			.count();
	}

	private double dropped(String target, String reason) {
		return this.context.getBean(MeterRegistry.class)
			.get("hindspan.export.spans.dropped")
			.tag("target", target)
			.tag("reason", reason)
			.functionCounter()
			.count();
	}

	private void observe(String name) {
		Observation.createNotStarted(name, this.context.getBean(ObservationRegistry.class)).observe(() -> {
		});
	}

	private static Path keyStore(Path directory) throws IOException, InterruptedException {
		Path store = directory.resolve("backend.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "backend", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"san=dns:localhost", "-storetype", "PKCS12", "-storepass", "changeit", "-keystore", store.toString())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(keytool.exitValue()).isZero();
		return store;
	}

	private static HttpsServer https(Path store, AtomicInteger spans) throws Exception {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = new FileInputStream(store.toFile())) {
			keys.load(in, "changeit".toCharArray());
		}
		KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		managers.init(keys, "changeit".toCharArray());
		SSLContext ssl = SSLContext.getInstance("TLS");
		ssl.init(managers.getKeyManagers(), null, null);
		HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.setHttpsConfigurator(new HttpsConfigurator(ssl));
		server.createContext("/", (exchange) -> {
			try (exchange) {
				spans.addAndGet(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes())
					.getResourceSpans(0)
					.getScopeSpans(0)
					.getSpansCount());
				exchange.sendResponseHeaders(200, -1);
			}
		});
		server.start();
		return server;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry simpleMeterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		@ConditionalOnBooleanProperty("test.retry-policy")
		OtlpHttpSpanExporterBuilderCustomizer ownRetryPolicy() {
			return (builder) -> builder.setRetryPolicy(
					RetryPolicy.builder().setMaxAttempts(3).setInitialBackoff(Duration.ofMillis(10)).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Micrometer {

		private final List<String> reported = new CopyOnWriteArrayList<>();

		@Bean
		SpanExportingPredicate wantedOnly() {
			return (span) -> span.getName().equals("wanted");
		}

		@Bean
		SpanFilter renaming() {
			return (span) -> span.setName("renamed");
		}

		@Bean
		SpanReporter reporting() {
			return (span) -> this.reported.add(span.getName());
		}

	}

}
