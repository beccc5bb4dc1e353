package io.hindspan.sampling;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import javax.net.ssl.KeyManagerFactory;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.hindspan.TracedApplication;
import io.hindspan.sampling.ServiceStrategies.Strategy;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

/**
 * Tests for strategies that are asked for by gRPC, of a real server on a real port.
 */
@ExtendWith(OutputCaptureExtension.class)
class GrpcStrategyEndpointTests {

	private static final String WARNING = "The source of sampling strategies";

	/** Others are not looked at: those that a server with TLS asks for stay. */
	private static final String WORKER = "grpc-default-worker";

	private static final String PASSWORD = "of the test";

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("jaeger.api_v2.SamplingManager/GetSamplingStrategy")
		.setRequestMarshaller(new Bytes())
		.setResponseMarshaller(new Bytes())
		.build();

	@TempDir
	private Path directory;

	private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

	private volatile Answer answer = (responses) -> answer(responses, probabilistic(0.5));

	private Server server;

	@BeforeEach
	void start() throws IOException {
		start(0, InsecureServerCredentials.create());
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.server.shutdownNow();
		assertThat(this.server.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void serviceIsAskedFor() {
		CurrentStrategies strategies = strategies("my tasks&é", LONG);
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		this.answer = (responses) -> answer(responses, probabilistic(0.25));
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.25);
		String request = "0a0b" + "6d79207461736b7326c3a9";
		assertThat(this.requests).containsExactly(request, request);
	}

	@Test
	void operationsAndUnknownFieldsAreRead() throws IOException {
		byte[] operation = message((output) -> {
			output.writeString(1, "GET /tasks/{id}");
			output.writeByteArray(2, message((inner) -> inner.writeDouble(1, 1)));
			output.writeString(15, "of a later version");
		});
		byte[] byOperation = message((output) -> {
			output.writeDouble(1, 0.125);
			output.writeDouble(2, 0.1);
			output.writeByteArray(3, operation);
			output.writeDouble(4, 10);
		});
		byte[] whole = message((output) -> {
			output.writeInt64(99, -1);
			output.writeByteArray(2, message((inner) -> inner.writeDouble(1, 0.5)));
			output.writeByteArray(4, byOperation);
		});
		this.answer = (responses) -> answer(responses, whole);
		assertThat(endpoint("grpc", LONG).read()).isEqualTo(
				new ServiceStrategies(new Strategy(false, 0.125), Map.of("GET /tasks/{id}", new Strategy(false, 1))));
	}

	@Test
	void rateIsRead() throws IOException {
		this.answer = (responses) -> answer(responses, message((output) -> {
			output.writeEnum(1, 1);
			output.writeByteArray(3, message((inner) -> inner.writeInt32(1, 7)));
		}));
		assertThat(endpoint("grpc", LONG).read()).isEqualTo(new ServiceStrategies(new Strategy(true, 7), Map.of()));
	}

	@Test
	void malformedAnswerKeepsTheLastGoodOneAndIsToldOnce(CapturedOutput output) {
		CurrentStrategies strategies = strategies("tasks", LONG);
		strategies.refresh();
		this.answer = (responses) -> answer(responses, new byte[] { 0x12, 0x7f });
		strategies.refresh();
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output).containsOnlyOnce(WARNING)
			.contains("URL [grpc://localhost:" + this.server.getPort() + "], answers with what is no Sampling",
					"last good");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void answerThatIsTooLongIsGivenUp(boolean compressed, CapturedOutput output) {
		byte[] tooLong = message((stream) -> stream.writeByteArray(99, new byte[1024 * 1024]));
		this.answer = (responses) -> {
			if (compressed) {
				responses.setCompression("gzip");
			}
			answer(responses, tooLong);
		};
		CurrentStrategies strategies = strategies("tasks", LONG);
		strategies.refresh();
		strategies.refresh();
		assertThat(output).containsOnlyOnce(WARNING).contains("RESOURCE_EXHAUSTED", "exceeds maximum size 1048576");
		assertThat(this.requests).hasSize(2);
	}

	@Test
	void longestAnswerIsRead() throws IOException {
		byte[] rest = probabilistic(0.5);
		byte[] longest = message((output) -> {
			output.writeRawBytes(rest);
			output.writeByteArray(99, new byte[1024 * 1024 - rest.length - 5]);
		});
		assertThat(longest).hasSize(1024 * 1024);
		this.answer = (responses) -> answer(responses, longest);
		assertThat(endpoint("grpc", LONG).read()).isEqualTo(new ServiceStrategies(new Strategy(false, 0.5), Map.of()));
	}

	@Test
	void answerThatHangsIsGivenUpAndCancelled(CapturedOutput output) throws InterruptedException {
		this.answer = (responses) -> responses.setOnCancelHandler(() -> this.ends.add("cancelled"));
		CurrentStrategies strategies = strategies("tasks", Duration.ofMillis(500));
		strategies.refresh();
		strategies.refresh();
		assertThat(output).containsOnlyOnce(WARNING).contains("does not answer in 500 ms");
		assertThat(this.ends.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isNotNull();
		this.answer = (responses) -> answer(responses, probabilistic(0.5));
		CurrentStrategies patient = strategies("tasks", LONG);
		patient.refresh();
		assertThat(probability(patient)).isEqualTo(0.5);
	}

	@Test
	void serverThatComesBackIsAskedAtOnce(CapturedOutput output) throws Exception {
		int port = this.server.getPort();
		CurrentStrategies strategies = strategies("tasks", LONG);
		strategies.refresh();
		stop();
		for (int i = 0; i < 10; i++) {
			strategies.refresh();
		}
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output).containsOnlyOnce(WARNING).contains("cannot be reached, '", "Connection refused");
		this.answer = (responses) -> answer(responses, probabilistic(0.25));
		start(port, InsecureServerCredentials.create());
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.25);
		assertThat(output).containsOnlyOnce("can be read again");
	}

	@Test
	void statusIsToldInOneLineAndWithoutWhatDiffers(CapturedOutput output) {
		List<String> parts = new CopyOnWriteArrayList<>(List.of("\nFAKE 1", ": request 2"));
		this.answer = (responses) -> responses
			.onError(Status.PERMISSION_DENIED.withDescription("not\tyours" + parts.remove(0)).asException());
		CurrentStrategies strategies = strategies("tasks", LONG);
		strategies.refresh();
		strategies.refresh();
		assertThat(this.requests).hasSize(2);
		assertThat(output).containsOnlyOnce(WARNING)
			.contains("answers with status PERMISSION_DENIED, 'not?yours'. Until")
			.doesNotContain("FAKE");
	}

	@Test
	void pollingEndsQuietlyAndLeavesNoConnection(CapturedOutput output) throws Exception {
		this.answer = (responses) -> responses.setOnCancelHandler(() -> this.ends.add("cancelled"));
		CurrentStrategies strategies = strategies("tasks", LONG);
		strategies.poll(Duration.ZERO, Duration.ofSeconds(1));
		assertThat(this.requests.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isNotNull();
		List<Thread> polling = threads("hindspan-sampling-strategies");
		assertThat(polling).isNotEmpty();
		strategies.close();
		for (Thread thread : polling) {
			thread.join(LONG.toMillis());
			assertThat(thread.isAlive()).isFalse();
		}
		Awaitility.await().atMost(LONG).until(() -> Set.copyOf(this.ends).equals(Set.of("cancelled", "disconnected")));
		assertThat(output).doesNotContain(WARNING);
	}

	@Test
	void threadsOfTheConnectionEnd() throws Exception {
		stop();
		// They are shared with what else in this JVM uses the library
		assumeThatCode(() -> Awaitility.await().until(() -> threads(WORKER).isEmpty())).doesNotThrowAnyException();
		start(0, InsecureServerCredentials.create());
		strategies("tasks", LONG).refresh();
		assertThat(threads(WORKER)).isNotEmpty();
		stop();
		Awaitility.await().atMost(LONG).until(() -> threads(WORKER).isEmpty());
	}

	@Test
	void certificateIsChecked(CapturedOutput output) throws Exception {
		stop();
		start(0, certificate());
		CurrentStrategies strategies = new CurrentStrategies(endpoint("grpcs", LONG), System::nanoTime);
		strategies.refresh();
		strategies.refresh();
		assertThat(output).containsOnlyOnce(WARNING).contains("cannot be reached, 'SSLHandshakeException: ");
		Properties before = (Properties) System.getProperties().clone();
		System.setProperty("javax.net.ssl.trustStore", store().toString());
		System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
		try {
			strategies.refresh();
		}
		finally {
			System.setProperties(before);
		}
		assertThat(probability(strategies)).isEqualTo(0.5);
	}

	@ParameterizedTest
	@CsvSource({ "grpc, true", "grpcs, false" })
	void otherSchemeThanTheServersIsAFailure(String scheme, boolean secure, CapturedOutput output) throws Exception {
		stop();
		start(0, secure ? certificate() : InsecureServerCredentials.create());
		CurrentStrategies strategies = new CurrentStrategies(endpoint(scheme, LONG), System::nanoTime);
		strategies.refresh();
		assertThat(output).containsOnlyOnce(WARNING);
		assertThat(this.requests).isEmpty();
	}

	@Test
	void callsMakeNoSpans() throws Exception {
		this.answer = (responses) -> answer(responses, probabilistic(1));
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class, "--hindspan.test.technologies=grpc.client",
						"--hindspan.sampling.strategies.url=grpc://localhost:" + this.server.getPort(),
						"--hindspan.sampling.strategies.interval=1s")) {
			assertThat(context.getBeanNamesForType(CurrentStrategies.class)).hasSize(1);
			for (int i = 0; i < 2; i++) {
				assertThat(this.requests.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("0a05" + "7461736b73");
			}
			// One that the application makes has a span, and that is the only one
			ClientCalls.blockingUnaryCall(
					context.getBean(GrpcChannelFactory.class)
						.createChannel("static://localhost:" + this.server.getPort()),
					METHOD, CallOptions.DEFAULT, new byte[0]);
			assertThat(receiver.awaitSpans(1)).singleElement()
				.satisfies((span) -> assertThat(span.kind()).isEqualTo(SpanKind.CLIENT));
		}
	}

	private void start(int port, ServerCredentials credentials) throws IOException {
		this.server = Grpc.newServerBuilderForPort(port, credentials)
			.addService(ServerServiceDefinition.builder("jaeger.api_v2.SamplingManager")
				.addMethod(METHOD, ServerCalls.asyncUnaryCall(this::asked))
				.build())
			.addTransportFilter(new ServerTransportFilter() {

				@Override
				public void transportTerminated(@Nullable Attributes attributes) {
					GrpcStrategyEndpointTests.this.ends.add("disconnected");
				}

			})
			.build()
			.start();
	}

	private void asked(byte[] request, StreamObserver<byte[]> responses) {
		// First: who has the answer looks for it
		this.requests.add(HexFormat.of().formatHex(request));
		this.answer.to((ServerCallStreamObserver<byte[]>) responses);
	}

	private CurrentStrategies strategies(String service, Duration timeout) {
		return new CurrentStrategies(new GrpcStrategyEndpoint(uri("grpc"), service, timeout), System::nanoTime);
	}

	private GrpcStrategyEndpoint endpoint(String scheme, Duration timeout) {
		return new GrpcStrategyEndpoint(uri(scheme), "tasks", timeout);
	}

	private URI uri(String scheme) {
		return URI.create(scheme + "://localhost:" + this.server.getPort());
	}

	/**
	 * A key and a certificate for localhost that nobody has signed but itself.
	 */
	private ServerCredentials certificate() throws Exception {
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost", "-storetype", "PKCS12", "-keystore", store().toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("keytool.log").toFile())
			.start();
		assertThat(keytool.waitFor()).isZero();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream content = Files.newInputStream(store())) {
			keys.load(content, PASSWORD.toCharArray());
		}
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(keys, PASSWORD.toCharArray());
		return TlsServerCredentials.newBuilder().keyManager(factory.getKeyManagers()).build();
	}

	private Path store() {
		return this.directory.resolve("store.p12");
	}

	private static List<Thread> threads(String name) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(name))
			.collect(Collectors.toList());
	}

	private static byte[] probabilistic(double probability) {
		return message((output) -> output.writeByteArray(2, message((inner) -> inner.writeDouble(1, probability))));
	}

	private static byte[] message(Content content) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		CodedOutputStream output = CodedOutputStream.newInstance(bytes);
		try {
			content.writeTo(output);
			output.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static void answer(StreamObserver<byte[]> responses, byte[] message) {
		responses.onNext(message);
		responses.onCompleted();
	}

	private static double probability(CurrentStrategies strategies) {
		@Nullable Chance chance = strategies.chance(Context.root(), "any", SpanKind.SERVER,
				io.opentelemetry.api.common.Attributes.empty());
		return (chance != null) ? chance.probability() : Double.NaN;
	}

	private interface Answer {

		void to(ServerCallStreamObserver<byte[]> responses);

	}

	private interface Content {

		void writeTo(CodedOutputStream output) throws IOException;

	}

	private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			try (stream) {
				return stream.readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
