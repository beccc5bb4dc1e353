package io.hindspan.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3BaseClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the AWS SDK with a server that speaks the protocol of S3.
 */
class S3TracingTests {

	private static final String BUCKET = "reports-" + UUID.randomUUID();

	private static final String KEY = "ada/report.txt";

	private static S3Proxy server;

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private S3Client s3;

	@BeforeAll
	static void startServer() throws Exception {
		server = S3Proxy.builder()
			.blobStore(new TransientNio2BlobStore())
			.endpoint(URI.create("http://127.0.0.1:0"))
			.build();
		server.start();
		try (S3Client client = configure(S3Client.builder(), server.getPort()).build()) {
			client.createBucket((request) -> request.bucket(BUCKET));
			client.putObject((request) -> request.bucket(BUCKET).key(KEY), RequestBody.fromString("report"));
		}
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.stop();
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private void start(String... args) {
		start(server.getPort(), args);
	}

	private void start(int port, String... args) {
		List<String> all = new ArrayList<>(List.of(args));
		all.add("--test.s3.port=" + port);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class,
				all.toArray(String[]::new));
		this.s3 = this.context.getBean(S3Client.class);
	}

	@Test
	void callIsAClientSpanWithoutTheKey() {
		start();
		RecordedTrace trace = traced(() -> this.s3.putObject((request) -> request.bucket(BUCKET).key("ada/new.txt"),
				RequestBody.fromString("new")));
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span("S3.PutObject", SpanKind.CLIENT)));
		RecordedSpan span = trace.span("S3.PutObject");
		assertThat(span).hasScope("io.hindspan.s3").hasStatus(StatusCode.UNSET).hasNoEvents();
		assertThat(span.attribute("aws.request_id")).isNotNull();
		assertThat(span).hasAttribute("rpc.system.name", "aws-api")
			.hasAttribute("rpc.service", "S3")
			.hasAttribute("rpc.method", "PutObject")
			.hasAttribute("cloud.region", "eu-central-1")
			.hasAttribute("aws.s3.bucket", BUCKET)
			.hasAttribute("http.response.status_code", 200L)
			.hasAttribute("server.address", "127.0.0.1")
			.hasAttribute("server.port", (long) server.getPort())
			.hasNoAttribute("aws.s3.key");
		assertThat(trace.toString()).doesNotContain("ada/");
	}

	@Test
	void keyIsToldOnDemand() {
		start("--hindspan.s3.object-keys=true", "--hindspan.span.attribute-names=legacy");
		RecordedTrace trace = traced(() -> assertThat(get(this.s3)).isEqualTo("report"));
		assertThat(trace.span("S3.GetObject")).hasAttribute("aws.s3.key", KEY)
			.hasAttribute("rpc.system", "aws-api")
			.hasAttribute("http.status_code", 200L);
	}

	@Test
	void asynchronousCallIsAClientSpanUntilItIsComplete() {
		start();
		S3AsyncClient client = this.context.getBean(S3AsyncClient.class);
		RecordedTrace trace = traced(() -> {
			client
				.putObject((request) -> request.bucket(BUCKET).key("ada/async.txt"),
						AsyncRequestBody.fromString("async"))
				.join();
			ResponseBytes<GetObjectResponse> got = client
				.getObject((request) -> request.bucket(BUCKET).key("ada/async.txt"), AsyncResponseTransformer.toBytes())
				.join();
			assertThat(got.asUtf8String()).isEqualTo("async");
		});
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span("S3.PutObject", SpanKind.CLIENT),
				span("S3.GetObject", SpanKind.CLIENT)));
		assertThat(trace.span("S3.GetObject")).hasAttribute("http.response.status_code", 200L)
			.hasStatus(StatusCode.UNSET);
	}

	@Test
	void pagesAreSpansOfTheirOwn() {
		start();
		String bucket = "pages-" + UUID.randomUUID();
		this.s3.createBucket((request) -> request.bucket(bucket));
		for (int i = 0; i < 3; i++) {
			String key = "page-" + i;
			this.s3.putObject((request) -> request.bucket(bucket).key(key), RequestBody.fromString(key));
		}
		RecordedTrace trace = traced(
				() -> assertThat(this.s3.listObjectsV2Paginator((request) -> request.bucket(bucket).maxKeys(2))
					.contents()
					.stream()
					.count()).isEqualTo(3));
		assertThat(trace.spans("S3.ListObjectsV2")).hasSize(2);
	}

	@Test
	void waiterAsksInSpansOfItsOwn() {
		start();
		RecordedTrace trace = traced(
				() -> this.s3.waiter().waitUntilObjectExists((request) -> request.bucket(BUCKET).key(KEY)));
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span("S3.HeadObject", SpanKind.CLIENT)));
	}

	@Test
	void uploadInPartsTellsTheParts() {
		start();
		RecordedTrace trace = traced(() -> {
			String id = this.s3.createMultipartUpload((request) -> request.bucket(BUCKET).key("ada/parts")).uploadId();
			String tag = this.s3
				.uploadPart((request) -> request.bucket(BUCKET).key("ada/parts").uploadId(id).partNumber(1),
						RequestBody.fromString("part"))
				.eTag();
			this.s3.completeMultipartUpload((request) -> request.bucket(BUCKET)
				.key("ada/parts")
				.uploadId(id)
				.multipartUpload((upload) -> upload.parts(CompletedPart.builder().eTag(tag).partNumber(1).build())));
		});
		assertThat(trace)
			.matchesTree(span("caller", SpanKind.INTERNAL).with(span("S3.CreateMultipartUpload", SpanKind.CLIENT),
					span("S3.UploadPart", SpanKind.CLIENT), span("S3.CompleteMultipartUpload", SpanKind.CLIENT)));
		assertThat(trace.span("S3.UploadPart")).hasAttribute("aws.s3.part_number", 1L);
	}

	@Test
	void objectThatIsNotThereIsAnErrorWithItsCode() {
		start();
		RecordedTrace trace = traced(() -> assertThatExceptionOfType(NoSuchKeyException.class)
			.isThrownBy(() -> this.s3.getObject((request) -> request.bucket(BUCKET).key("ada/missing")).close()));
		RecordedSpan span = trace.span("S3.GetObject");
		assertThat(span).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "NoSuchKey")
			.hasAttribute("http.response.status_code", 404L);
		assertThat(span.attribute("aws.request_id")).isNotNull();
		assertThat(span.event("exception")).isPresent();
	}

	@Test
	void failureOfAnAsynchronousCallIsAnErrorWithItsCode() {
		start();
		S3AsyncClient client = this.context.getBean(S3AsyncClient.class);
		RecordedTrace trace = traced(() -> assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> client.headBucket((request) -> request.bucket("missing-" + UUID.randomUUID())).join())
			.withCauseInstanceOf(S3Exception.class));
		assertThat(trace.span("S3.HeadBucket")).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "NoSuchBucket")
			.hasAttribute("http.response.status_code", 404L);
	}

	@Test
	void serverThatIsDownIsAnErrorAfterItsRetries() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		start(port);
		RecordedTrace trace = traced(
				() -> assertThatExceptionOfType(SdkClientException.class).isThrownBy(() -> get(this.s3)));
		RecordedSpan span = trace.span("S3.GetObject");
		assertThat(span).hasStatus(StatusCode.ERROR).hasAttribute("error.type", SdkClientException.class.getName());
		assertThat(retries(span)).containsExactly(
				Map.of("retry.attempt", 2L, "retry.max_attempts", 3L, "retry.reason", "no response"),
				Map.of("retry.attempt", 3L, "retry.max_attempts", 3L, "retry.reason", "no response"));
	}

	@Test
	void retriesAreEvents() throws IOException {
		AtomicInteger requests = new AtomicInteger();
		HttpServer faulty = faulty();
		faulty.createContext("/", (exchange) -> {
			byte[] body = "report".getBytes(StandardCharsets.UTF_8);
			boolean first = requests.incrementAndGet() == 1;
			exchange.sendResponseHeaders(first ? 500 : 200, first ? -1 : body.length);
			if (!first) {
				exchange.getResponseBody().write(body);
			}
			exchange.close();
		});
		start(faulty.getAddress().getPort());
		try {
			RecordedTrace trace = traced(() -> assertThat(get(this.s3)).isEqualTo("report"));
			RecordedSpan span = trace.span("S3.GetObject");
			assertThat(span).hasStatus(StatusCode.UNSET)
				.hasAttribute("http.response.status_code", 200L)
				.hasNoAttribute("aws.request_id");
			assertThat(retries(span))
				.containsExactly(Map.of("retry.attempt", 2L, "retry.max_attempts", 3L, "retry.reason", "500"));
		}
		finally {
			faulty.stop(0);
		}
	}

	@Test
	void callThatTakesTooLongEndsItsSpan() throws IOException {
		CountDownLatch release = new CountDownLatch(1);
		HttpServer silent = faulty();
		silent.createContext("/", (exchange) -> {
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			exchange.close();
		});
		start(silent.getAddress().getPort());
		try {
			RecordedTrace trace = traced(() -> assertThatExceptionOfType(ApiCallTimeoutException.class)
				.isThrownBy(() -> this.s3.headObject((request) -> request.bucket(BUCKET)
					.key(KEY)
					.overrideConfiguration((override) -> override.apiCallTimeout(Duration.ofMillis(200))))));
			assertThat(trace.span("S3.HeadObject")).hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", ApiCallTimeoutException.class.getName());
		}
		finally {
			release.countDown();
			silent.stop(0);
		}
	}

	@Test
	void clientThatIsNoBeanIsTracedByOneLine() {
		start();
		try (S3Client client = configure(S3Client.builder(), server.getPort()).build()) {
			assertThat(traced(() -> get(client))).hasSpanCount(1);
			assertThat(this.context.getBean(AwsClientTracing.class).trace(client)).isSameAs(client);
			assertThat(traced(() -> get(client), 2).spans("S3.GetObject")).hasSize(1);
		}
	}

	@Test
	void presigningMakesNoSpan() {
		start();
		RecordedTrace trace = traced(() -> this.context.getBean(S3Presigner.class)
			.presignGetObject((presign) -> presign.signatureDuration(Duration.ofMinutes(1))
				.getObjectRequest((request) -> request.bucket(BUCKET).key(KEY))));
		assertThat(trace).hasSpanCount(1);
	}

	@Test
	void traceThatIsNotSampledHasNoSpan() {
		start("--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.enabled=false");
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class))
			.observe(() -> assertThat(get(this.s3)).isEqualTo("report"));
		this.receiver.awaitQuiet(Duration.ofMillis(300));
		assertThat(this.receiver.spans()).isEmpty();
	}

	@Test
	void nothingIsDoneWhenOff() {
		start("--hindspan.s3.enabled=false");
		RecordedTrace trace = traced(() -> {
			assertThat(get(this.s3)).isEqualTo("report");
			assertThatExceptionOfType(NoSuchKeyException.class)
				.isThrownBy(() -> this.s3.getObject((request) -> request.bucket(BUCKET).key("missing")).close());
		});
		assertThat(trace).hasSpanCount(1);
	}

	private static HttpServer faulty() throws IOException {
		HttpServer faulty = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		faulty.setExecutor(Executors.newCachedThreadPool());
		faulty.start();
		return faulty;
	}

	private static List<Map<String, Object>> retries(RecordedSpan span) {
		return span.events()
			.stream()
			.filter((event) -> event.name().equals("retry_attempt"))
			.map(RecordedSpan.Event::attributes)
			.toList();
	}

	private static String get(S3Client client) {
		return client.getObjectAsBytes((request) -> request.bucket(BUCKET).key(KEY)).asUtf8String();
	}

	private RecordedTrace traced(Runnable work) {
		return traced(work, 1);
	}

	private RecordedTrace traced(Runnable work, int spans) {
		String traceId = Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class))
			.observe(() -> {
				work.run();
				return Span.current().getSpanContext().getTraceId();
			});
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		this.receiver.awaitTrace((trace) -> trace.traceId().equals(traceId) && !trace.spans("caller").isEmpty());
		return this.receiver.awaitTrace(traceId, spans);
	}

	private static <B extends AwsClientBuilder<B, C> & S3BaseClientBuilder<B, C>, C> B configure(B builder, int port) {
		return builder.endpointOverride(URI.create("http://127.0.0.1:" + port))
			.region(Region.EU_CENTRAL_1)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
			.overrideConfiguration((override) -> override.retryStrategy(AwsRetryStrategy.standardRetryStrategy()))
			.forcePathStyle(true);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		S3Client s3Client(Environment environment) {
			return configure(S3Client.builder(), port(environment)).build();
		}

		@Bean
		S3AsyncClient s3AsyncClient(Environment environment) {
			return configure(S3AsyncClient.builder(), port(environment)).build();
		}

		@Bean
		S3Presigner s3Presigner() {
			return S3Presigner.builder()
				.region(Region.EU_CENTRAL_1)
				.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
				.build();
		}

		private static int port(Environment environment) {
			return environment.getRequiredProperty("test.s3.port", Integer.class);
		}

	}

}
