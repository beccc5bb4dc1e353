package io.hindspan.export;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for targets that speak OTLP by gRPC.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtlpGrpcTargetTests {

	private static final Metadata.Key<String> TENANT = Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);

	private final Queue<Status> replies = new ConcurrentLinkedQueue<>();

	private final List<String> taken = new CopyOnWriteArrayList<>();

	private final List<String> tenants = new CopyOnWriteArrayList<>();

	private volatile long rejecting;

	private Server server;

	private Target target;

	private SdkTracerProvider provider;

	@BeforeEach
	void start() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(new Backend())
			.intercept(new Tenants())
			.build()
			.start();
		TargetProperties properties = new TargetProperties(TargetProperties.Type.OTLP,
				"http://127.0.0.1:" + this.server.getPort(), TargetProperties.Transport.GRPC,
				Map.of("x-tenant", "tasks"), TargetProperties.Compression.GZIP, Duration.ofSeconds(5),
				Duration.ofSeconds(5), new TargetProperties.Ssl(null));
		this.target = new Target("otlp", new TargetExporters(null).create("otlp", properties), new Delivery(100,
				Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMillis(20), Duration.ofMillis(80)),
				Clock.systemUTC(), null);
		this.provider = SdkTracerProvider.builder()
			.addSpanProcessor(SimpleSpanProcessor.create(new Targets(List.of(this.target), null)))
			.build();
	}

	@AfterEach
	void stop() {
		this.provider.close();
		this.server.shutdownNow();
	}

	@Test
	void spansArriveWithTheirHeaders() {
		makeSpan("first");
		await().untilAsserted(() -> assertThat(this.taken).containsExactly("first"));
		assertThat(this.tenants).containsExactly("tasks");
	}

	@Test
	void nothingIsLostWhileTheFailurePasses(CapturedOutput output) {
		this.replies.addAll(List.of(Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED, Status.DEADLINE_EXCEEDED));
		makeSpan("first");
		makeSpan("second");
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isEqualTo(2));
		assertThat(this.taken).containsExactly("first", "second");
		assertThat(this.target.statistics().retries()).isEqualTo(3);
		assertThat(this.target.statistics().dropped()).isZero();
		assertThat(output.toString().lines().filter((line) -> line.contains("WARN") || line.contains("SEVERE")))
			.singleElement()
			.asString()
			.contains("Target 'otlp' answers with unavailable");
	}

	@Test
	void whatNoRetryMendsIsSetAside() {
		this.replies.add(Status.UNAUTHENTICATED);
		makeSpan("first");
		makeSpan("second");
		await().untilAsserted(() -> assertThat(this.target.statistics().exported()).isEqualTo(1));
		assertThat(this.taken).containsExactly("second");
		assertThat(this.target.statistics().dropped(DropReason.REJECTED)).isEqualTo(1);
		assertThat(this.target.statistics().retries()).isZero();
		assertThat(this.target.status().lastError()).isEqualTo("answers with unauthenticated");
	}

	@Test
	void partialSuccessIsCounted() {
		this.rejecting = 1;
		makeSpan("first");
		await().untilAsserted(() -> assertThat(this.target.statistics().dropped(DropReason.REJECTED)).isEqualTo(1));
		assertThat(this.target.statistics().exported()).isZero();
		assertThat(this.target.size()).isZero();
	}

	private void makeSpan(String name) {
		this.provider.get("test").spanBuilder(name).startSpan().end();
	}

	private final class Backend extends TraceServiceGrpc.TraceServiceImplBase {

		@Override
		public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
			Status reply = OtlpGrpcTargetTests.this.replies.poll();
			if (reply != null) {
				observer.onError(reply.asRuntimeException());
				return;
			}
			OtlpGrpcTargetTests.this.taken.add(request.getResourceSpans(0).getScopeSpans(0).getSpans(0).getName());
			ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
			if (OtlpGrpcTargetTests.this.rejecting > 0) {
				response.setPartialSuccess(
						ExportTracePartialSuccess.newBuilder().setRejectedSpans(OtlpGrpcTargetTests.this.rejecting));
			}
			observer.onNext(response.build());
			observer.onCompleted();
		}

	}

	private final class Tenants implements ServerInterceptor {

		@Override
		public <Q, P> ServerCall.Listener<Q> interceptCall(ServerCall<Q, P> call, Metadata headers,
				ServerCallHandler<Q, P> next) {
			OtlpGrpcTargetTests.this.tenants.add(headers.get(TENANT));
			return next.startCall(call, headers);
		}

	}

}
