package io.hindspan.grpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientObservationAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerObservationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for calls of gRPC, over a real port and in the process.
 */
class GrpcTracingTests {

	private static final String UNARY = EchoService.NAME + "/Unary";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	private int port;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private void start(Class<?> source, String... args) {
		List<String> all = new ArrayList<>(List.of("--hindspan.test.technologies=grpc.client,grpc.server",
				"--spring.grpc.server.port=0", "--spring.grpc.server.inprocess.name=hindspan-grpc"));
		all.addAll(List.of(args));
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, source,
				all.toArray(String[]::new));
		this.port = this.context.getBeanProvider(GrpcServerLifecycle.class)
			.stream()
			.mapToInt(GrpcServerLifecycle::getPort)
			.max()
			.orElseThrow();
	}

	private Channel channel() {
		return channel("static://localhost:" + this.port);
	}

	private Channel channel(String target) {
		return this.context.getBean(GrpcChannelFactory.class).createChannel(target);
	}

	private static String call(Channel channel, String request) {
		return ClientCalls.blockingUnaryCall(channel, EchoService.UNARY, CallOptions.DEFAULT, request);
	}

	@Test
	void callIsASpanOnBothSides() {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> assertThat(call(channel, "hello")).isEqualTo("echo hello"), 4);
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(
				span(UNARY, SpanKind.CLIENT).with(span(UNARY, SpanKind.SERVER).with(span("work", SpanKind.INTERNAL)))));
		RecordedSpan client = spanOf(trace, SpanKind.CLIENT);
		assertThat(client).hasScope("io.hindspan.grpc")
			.hasStatus(StatusCode.UNSET)
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("rpc.system.name", "grpc", "rpc.method", UNARY, "rpc.response.status_code", "OK",
					"server.address", "localhost", "server.port", (long) this.port, "network.peer.address", "127.0.0.1",
					"network.peer.port", (long) this.port));
		RecordedSpan server = spanOf(trace, SpanKind.SERVER);
		assertThat(server).hasScope("io.hindspan.grpc").hasStatus(StatusCode.UNSET).hasNoEvents();
		assertThat(server.attributes()).containsOnlyKeys("rpc.system.name", "rpc.method", "rpc.response.status_code",
				"server.address", "server.port", "network.peer.address", "network.peer.port");
		assertThat(server.parentIsRemote()).contains(true);
	}

	@Test
	void observationsKeepTheirMeters() {
		start(Application.class);
		call(channel(), "hello");
		this.receiver.awaitSpans(3);
		MeterRegistry meters = this.context.getBean(MeterRegistry.class);
		assertThat(meters.get("grpc.client").timer().count()).isOne();
		assertThat(meters.get("grpc.server").timer().count()).isOne();
	}

	@Test
	void callInTheProcessIsASpanOnBothSides() {
		start(Application.class);
		Channel channel = channel("in-process:hindspan-grpc");
		RecordedTrace trace = traced(() -> call(channel, "hello"), 4);
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(
				span(UNARY, SpanKind.CLIENT).with(span(UNARY, SpanKind.SERVER).with(span("work", SpanKind.INTERNAL)))));
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasAttribute("server.address", "localhost")
			.hasNoAttribute("server.port");
	}

	@Test
	void olderNamesAreThoseOfTheOlderConventions() {
		start(Application.class, "--hindspan.span.attribute-names=legacy");
		Channel channel = channel();
		RecordedTrace trace = traced(() -> call(channel, "hello"), 4);
		assertThat(spanOf(trace, SpanKind.CLIENT))
			.hasOnlyAttributes(Map.of("rpc.system", "grpc", "rpc.service", EchoService.NAME, "rpc.method", "Unary",
					"rpc.grpc.status_code", 0L, "net.peer.name", "localhost", "net.peer.port", (long) this.port,
					"net.sock.peer.addr", "127.0.0.1", "net.sock.peer.port", (long) this.port));
	}

	@Test
	void stableValueGoesFirstWhereBothHaveTheSameName() {
		start(Application.class, "--hindspan.span.attribute-names=both");
		Channel channel = channel();
		RecordedTrace trace = traced(() -> call(channel, "hello"), 4);
		assertThat(spanOf(trace, SpanKind.SERVER)).hasAttribute("rpc.method", UNARY)
			.hasAttribute("rpc.service", EchoService.NAME)
			.hasAttribute("rpc.grpc.status_code", 0L)
			.hasAttribute("rpc.response.status_code", "OK");
	}

	@ParameterizedTest
	@CsvSource({ "NOT_FOUND, false", "INVALID_ARGUMENT, false", "PERMISSION_DENIED, false", "CANCELLED, false",
			"INTERNAL, true", "UNAVAILABLE, true", "UNKNOWN, true", "DATA_LOSS, true", "UNIMPLEMENTED, true",
			"DEADLINE_EXCEEDED, true" })
	void statusIsAnErrorForTheClientAndPerhapsForTheServer(Status.Code code, boolean errorOfServer) {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(
				() -> assertThat(failure(channel, "status " + code).getStatus().getCode()).isEqualTo(code), 4);
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", code.name())
			.hasAttribute("rpc.response.status_code", code.name());
		RecordedSpan server = spanOf(trace, SpanKind.SERVER);
		assertThat(server).hasStatus(errorOfServer ? StatusCode.ERROR : StatusCode.UNSET)
			.hasAttribute("rpc.response.status_code", code.name());
		assertThat(server.attribute("error.type")).isEqualTo(errorOfServer ? code.name() : null);
	}

	@Test
	void exceptionOfAServiceIsOnItsSpan() {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(
				() -> assertThat(failure(channel, "throw").getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN), 4);
		RecordedSpan server = spanOf(trace, SpanKind.SERVER);
		assertThat(server).hasStatus(StatusCode.ERROR).hasAttribute("error.type", "UNKNOWN");
		assertThat(server.event("exception").orElseThrow().attributes()).containsEntry("exception.type",
				IllegalStateException.class.getName());
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR).hasAttribute("error.type", "UNKNOWN");
	}

	@Test
	void methodThatTheServerDoesNotHaveIsAnErrorOfTheClient() {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> catchThrowableOfType(StatusRuntimeException.class,
				() -> ClientCalls.blockingUnaryCall(channel, EchoService.UNKNOWN, CallOptions.DEFAULT, "hello")), 2);
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "UNIMPLEMENTED");
	}

	@Test
	void serverThatIsDownIsAnErrorOfTheClient() {
		start(Application.class);
		Channel channel = channel("static://localhost:1");
		RecordedTrace trace = traced(
				() -> assertThat(failure(channel, "hello").getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE),
				2);
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "UNAVAILABLE")
			.hasAttribute("server.port", 1L);
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
	}

	@Test
	void deadlineEndsTheSpansOfBothSides() throws Exception {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(
				() -> catchThrowableOfType(StatusRuntimeException.class, () -> ClientCalls.blockingUnaryCall(channel,
						EchoService.UNARY, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS), "wait")),
				4);
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", "DEADLINE_EXCEEDED");
		assertThat(spanOf(trace, SpanKind.SERVER).attribute("rpc.response.status_code")).isIn("DEADLINE_EXCEEDED",
				"CANCELLED");
	}

	@Test
	void cancelledCallEndsTheSpansOfBothSides() throws Exception {
		start(Application.class);
		EchoService service = this.context.getBean(EchoService.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> {
			ClientCall<String, String> call = channel.newCall(EchoService.UNARY, CallOptions.DEFAULT);
			var future = ClientCalls.futureUnaryCall(call, "wait");
			assertThat(next(service)).isEqualTo("waiting");
			future.cancel(true);
			assertThat(next(service)).isEqualTo("cancelled");
		}, 4);
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR).hasAttribute("error.type", "CANCELLED");
		assertThat(spanOf(trace, SpanKind.SERVER)).hasStatus(StatusCode.UNSET)
			.hasAttribute("rpc.response.status_code", "CANCELLED");
	}

	@Test
	void streamOfTheServerIsOneSpanAndKeepsTheCallersContext() {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> {
			Iterator<String> responses = ClientCalls.blockingServerStreamingCall(channel, EchoService.SERVER_STREAM,
					CallOptions.DEFAULT, "hello");
			assertThat(responses).toIterable().hasSize(3);
		}, 3);
		assertThat(trace).hasSpanCount(3);
		assertThat(spanOf(trace, SpanKind.SERVER)).hasName(EchoService.NAME + "/ServerStream").hasNoEvents();
	}

	@Test
	void streamOfTheClientIsOneSpanAndEachMessageIsReceivedInIt() {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> {
			Responses responses = new Responses();
			StreamObserver<String> requests = ClientCalls
				.asyncClientStreamingCall(channel.newCall(EchoService.CLIENT_STREAM, CallOptions.DEFAULT), responses);
			List.of("a", "b", "c").forEach(requests::onNext);
			requests.onCompleted();
			assertThat(responses.done.orTimeout(20, TimeUnit.SECONDS).join()).containsExactly("abc");
		}, 7);
		String method = EchoService.NAME + "/ClientStream";
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(
				span(method, SpanKind.CLIENT)
					.with(span(method, SpanKind.SERVER).with(span("received", SpanKind.INTERNAL),
							span("received", SpanKind.INTERNAL), span("received", SpanKind.INTERNAL))),
				span("response", SpanKind.INTERNAL)));
	}

	@Test
	void streamInBothDirectionsEndsWhenTheCallEnds() {
		start(Application.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> {
			Responses responses = new Responses();
			StreamObserver<String> requests = ClientCalls
				.asyncBidiStreamingCall(channel.newCall(EchoService.BIDI, CallOptions.DEFAULT), responses);
			requests.onNext("a");
			requests.onNext("b");
			assertThat(this.receiver.spans((span) -> span.name().endsWith("/Bidi"))).isEmpty();
			requests.onCompleted();
			assertThat(responses.done.orTimeout(20, TimeUnit.SECONDS).join()).containsExactly("a", "b");
		}, 7);
		String method = EchoService.NAME + "/Bidi";
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(
				span(method, SpanKind.CLIENT).with(span(method, SpanKind.SERVER)
					.with(span("received", SpanKind.INTERNAL), span("received", SpanKind.INTERNAL))),
				span("response", SpanKind.INTERNAL), span("response", SpanKind.INTERNAL)));
	}

	@Test
	void callerThatGivesUpOnAStreamEndsIt() {
		start(Application.class);
		EchoService service = this.context.getBean(EchoService.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> {
			Responses responses = new Responses();
			ClientCall<String, String> call = channel.newCall(EchoService.BIDI, CallOptions.DEFAULT);
			StreamObserver<String> requests = ClientCalls.asyncBidiStreamingCall(call, responses);
			requests.onNext("a");
			assertThat(responses.first.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("a");
			requests.onError(new IllegalStateException("enough"));
			assertThat(next(service)).isEqualTo("cancelled");
		}, 5);
		assertThat(spanOf(trace, SpanKind.SERVER)).hasAttribute("rpc.response.status_code", "CANCELLED");
		assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR);
	}

	@ParameterizedTest
	@CsvSource({ "b3, b3, 0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
			"w3c, traceparent, 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" })
	void traceOfAnotherFormatIsContinued(String format, String name, String value) {
		start(Application.class, "--management.tracing.propagation.consume=" + format);
		Metadata headers = new Metadata();
		headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
		ManagedChannel plain = ManagedChannelBuilder.forAddress("localhost", this.port)
			.usePlaintext()
			.intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
			.build();
		try {
			call(plain, "hello");
		}
		finally {
			plain.shutdownNow();
		}
		RecordedTrace trace = this.receiver.awaitTrace("0af7651916cd43dd8448eb211c80319c", 2);
		assertThat(spanOf(trace, SpanKind.SERVER).parentSpanId()).isEqualTo("b7ad6b7169203331");
	}

	@Test
	void channelAndServerMadeByHandAreTracedByOneLineEach() throws Exception {
		start(Application.class);
		GrpcTracing tracing = this.context.getBean(GrpcTracing.class);
		ObservationRegistry registry = this.context.getBean(ObservationRegistry.class);
		Server server = ServerBuilder.forPort(0)
			.intercept(tracing.serverInterceptor())
			.intercept(tracing.serverInterceptor())
			.addService(new EchoService())
			.build()
			.start();
		ManagedChannel channel = ManagedChannelBuilder.forAddress("localhost", server.getPort())
			.usePlaintext()
			.intercept(new ObservationGrpcClientInterceptor(registry))
			.intercept(tracing.clientInterceptor())
			.intercept(tracing.clientInterceptor())
			.build();
		try {
			RecordedTrace trace = traced(() -> call(channel, "hello"), 4);
			assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span(UNARY, SpanKind.CLIENT)
				.with(span(UNARY, SpanKind.SERVER).with(span("work", SpanKind.INTERNAL)))));
		}
		finally {
			channel.shutdownNow();
			server.shutdownNow();
		}
	}

	@Test
	void channelAndServerThatAreOnlyObservedHaveTheSameSpans() throws Exception {
		start(Application.class);
		ObservationRegistry registry = this.context.getBean(ObservationRegistry.class);
		Server server = ServerBuilder.forPort(0)
			.intercept(new ObservationGrpcServerInterceptor(registry))
			.addService(new EchoService())
			.build()
			.start();
		ManagedChannel channel = ManagedChannelBuilder.forAddress("localhost", server.getPort())
			.usePlaintext()
			.intercept(new ObservationGrpcClientInterceptor(registry))
			.build();
		try {
			RecordedTrace trace = traced(() -> failure(channel, "status INTERNAL"), 4);
			assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span(UNARY, SpanKind.CLIENT)
				.with(span(UNARY, SpanKind.SERVER).with(span("work", SpanKind.INTERNAL)))));
			assertThat(spanOf(trace, SpanKind.CLIENT)).hasStatus(StatusCode.ERROR)
				.hasNoEvents()
				.hasOnlyAttributes(Map.of("rpc.system.name", "grpc", "rpc.method", UNARY, "rpc.response.status_code",
						"INTERNAL", "error.type", "INTERNAL", "server.address", "localhost", "server.port",
						(long) server.getPort()));
		}
		finally {
			channel.shutdownNow();
			server.shutdownNow();
		}
	}

	@Test
	void keyValuesOfTheApplicationsOwnConventionAreOnTheSpan() {
		start(OwnConvention.class);
		Channel channel = channel();
		RecordedTrace trace = traced(() -> call(channel, "hello"), 4);
		assertThat(spanOf(trace, SpanKind.SERVER)).hasAttribute("tenant", "blue").hasNoAttribute("net.peer.name");
	}

	@Test
	void traceThatIsNotSampledIsNotSampledByTheServer() {
		start(Application.class, "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.enabled=false");
		Channel channel = channel();
		CurrentSpan.childRun("caller", () -> assertThat(call(channel, "hello")).isEqualTo("echo hello"));
		assertThat(call(channel, "hello")).isEqualTo("echo hello");
		this.receiver.awaitQuiet(Duration.ofMillis(300));
		assertThat(this.receiver.spans()).isEmpty();
	}

	/**
	 * As in an application without the actuator.
	 */
	@Test
	void observationsAreNotNeeded() {
		start(NotObserved.class);
		assertThat(this.context.getBeansOfType(ObservationGrpcServerInterceptor.class)).isEmpty();
		Channel channel = channel();
		RecordedTrace trace = traced(() -> call(channel, "hello"), 4);
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(
				span(UNARY, SpanKind.CLIENT).with(span(UNARY, SpanKind.SERVER).with(span("work", SpanKind.INTERNAL)))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "--hindspan.grpc.enabled=false",
			"--spring.grpc.client.observation.enabled=false,--spring.grpc.server.observation.enabled=false" })
	void resultsAreTheSameWhenOff(String args) {
		start(Application.class, args.split(","));
		Channel channel = channel();
		assertThat(call(channel, "hello")).isEqualTo("echo hello");
		assertThat(failure(channel, "status NOT_FOUND").getStatus().getDescription()).isEqualTo("asked for");
		assertThat(failure(channel, "throw").getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
		assertThat(this.context.getBeansOfType(TracingServerInterceptor.class)).isEmpty();
		assertThat(this.context.getBeansOfType(TracingClientInterceptor.class)).isEmpty();
		this.receiver.awaitQuiet(Duration.ofMillis(300));
		assertThat(this.receiver.spans((span) -> span.scope().name().equals("io.hindspan.grpc"))).isEmpty();
	}

	private static String next(EchoService service) {
		try {
			return service.events.poll(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static StatusRuntimeException failure(Channel channel, String request) {
		return catchThrowableOfType(StatusRuntimeException.class, () -> call(channel, request));
	}

	private RecordedTrace traced(Runnable work, int spans) {
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		RecordedSpan caller = this.receiver.awaitSpan((span) -> span.name().equals("caller"));
		return this.receiver.awaitTrace(caller.traceId(), spans);
	}

	private static RecordedSpan spanOf(RecordedTrace trace, SpanKind kind) {
		List<RecordedSpan> spans = trace.spans((span) -> span.kind() == kind);
		assertThat(spans).hasSize(1);
		return spans.get(0);
	}

	private static final class Responses implements StreamObserver<String> {

		private final List<String> received = new ArrayList<>();

		private final CompletableFuture<String> first = new CompletableFuture<>();

		private final CompletableFuture<List<String>> done = new CompletableFuture<>();

		@Override
		public void onNext(String value) {
			CurrentSpan.childRun("response", () -> this.received.add(value));
			this.first.complete(value);
		}

		@Override
		public void onError(Throwable failure) {
			this.done.completeExceptionally(failure);
		}

		@Override
		public void onCompleted() {
			this.done.complete(this.received);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		EchoService echoService() {
			return new EchoService();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { GrpcClientObservationAutoConfiguration.class, GrpcServerObservationAutoConfiguration.class })
	static class NotObserved {

		@Bean
		EchoService echoService() {
			return new EchoService();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConvention extends Application {

		@Bean
		GrpcServerObservationConvention ownConvention() {
			return new DefaultGrpcServerObservationConvention() {

				@Override
				public KeyValues getHighCardinalityKeyValues(GrpcServerObservationContext context) {
					return super.getHighCardinalityKeyValues(context).and("tenant", "blue");
				}

			};
		}

	}

}
