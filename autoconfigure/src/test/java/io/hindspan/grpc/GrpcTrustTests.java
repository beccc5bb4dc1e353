package io.hindspan.grpc;

import java.util.ArrayList;
import java.util.List;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for whom calls of gRPC believe, over a real port.
 */
class GrpcTrustTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String SPAN = "00f067aa0ba902b7";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext server;

	private ConfigurableApplicationContext client;

	@AfterEach
	void stop() {
		if (this.client != null) {
			this.client.close();
		}
		this.server.close();
		this.receiver.close();
	}

	private ConfigurableApplicationContext start(String... more) {
		List<String> args = new ArrayList<>(
				List.of("--hindspan.test.technologies=grpc.client,grpc.server", "--spring.grpc.server.port=0"));
		args.addAll(List.of(more));
		return TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class,
				args.toArray(String[]::new));
	}

	private int port() {
		return this.server.getBean(GrpcServerLifecycle.class).getPort();
	}

	private void startBoth(String... moreOfClient) {
		this.server = start("--spring.application.name=callee", "--management.tracing.sampling.probability=0",
				"--hindspan.sampling.tail.slow-threshold=1h");
		List<String> args = new ArrayList<>(List.of("--spring.application.name=caller",
				"--management.tracing.sampling.probability=0", "--hindspan.sampling.tail.slow-threshold=1h"));
		args.addAll(List.of(moreOfClient));
		this.client = start(args.toArray(String[]::new));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, false", "127.0.0.0/8, true" })
	void onlyATrustedCallersTraceIsContinued(String network, boolean trusted) {
		this.server = start("--hindspan.propagation.trusted-callers=" + network);
		ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", port()).usePlaintext().build();
		try {
			Metadata headers = new Metadata();
			headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
					"00-" + TRACE + "-" + SPAN + "-01");
			Channel told = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
			ClientCalls.blockingUnaryCall(told, EchoService.UNARY, CallOptions.DEFAULT, "hello");
		}
		finally {
			channel.shutdownNow();
		}
		RecordedSpan span = this.receiver.awaitSpan((candidate) -> candidate.kind() == SpanKind.SERVER);
		assertThat(span.traceId().equals(TRACE)).isEqualTo(trusted);
		assertThat(span).hasLinkCount(trusted ? 0 : 1);
		if (!trusted) {
			assertThat(span).isRoot();
			assertThat(span.links().get(0).traceId()).isEqualTo(TRACE);
			assertThat(span.links().get(0).spanId()).isEqualTo(SPAN);
		}
	}

	private String call(String request) {
		Channel channel = this.client.getBean(GrpcChannelFactory.class).createChannel("static://localhost:" + port());
		Observation observation = Observation.createNotStarted("caller",
				this.client.getBean(ObservationRegistry.class));
		return observation
			.observe(() -> ClientCalls.blockingUnaryCall(channel, EchoService.UNARY, CallOptions.DEFAULT, request));
	}

	@Test
	void callerKeepsWhatTheCalleeKeeps() {
		startBoth();
		call("hello");
		assertThat(call("recovered")).isEqualTo("echo recovered");
		RecordedSpan root = this.receiver.awaitSpan((span) -> span.name().equals("caller"));
		RecordedTrace trace = this.receiver.awaitTrace(root.traceId(), 5);
		assertThat(root).hasAttribute("sampling.reason", "callee");
		assertThat(trace.services()).containsExactlyInAnyOrder("caller", "callee");
		assertThat(this.receiver.spans()).hasSize(5);
	}

	@Test
	void untrustedCalleeDoesNotPromote() {
		startBoth("--hindspan.propagation.trusted-hosts=10.0.0.0/8");
		call("recovered");
		// Kept by the caller's own error, after the other one was decided
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> call("status INTERNAL"));
		RecordedSpan root = this.receiver.awaitSpan((span) -> span.name().equals("caller"));
		assertThat(root).hasAttribute("sampling.reason", "error");
		assertThat(this.receiver.spans((span) -> span.name().equals("caller"))).hasSize(1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		EchoService echoService() {
			return new EchoService();
		}

	}

}
