package io.hindspan.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;

/** Takes OTLP/gRPC requests without TLS. */
final class OtlpGrpcTransport implements OtlpTransport {

	private final Server server;

	private OtlpGrpcTransport(Server server) {
		this.server = server;
	}

	static OtlpGrpcTransport start(InetSocketAddress address, Consumer<RecordedRequest> recorder) {
		try {
			return new OtlpGrpcTransport(NettyServerBuilder.forAddress(address)
				.addService(new TraceService(recorder))
				.intercept(new HeaderInterceptor())
				.build()
				.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot listen on " + address, ex);
		}
	}

	@Override
	public int port() {
		return this.server.getPort();
	}

	@Override
	public String endpoint() {
		return "http://127.0.0.1:" + port();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

	private static final class TraceService extends TraceServiceGrpc.TraceServiceImplBase {

		private final Consumer<RecordedRequest> recorder;

		private TraceService(Consumer<RecordedRequest> recorder) {
			this.recorder = recorder;
		}

		@Override
		public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> response) {
			this.recorder.accept(new RecordedRequest(HeaderInterceptor.HEADERS.get(), request.getSerializedSize(),
					request.getResourceSpansList()));
			response.onNext(ExportTraceServiceResponse.getDefaultInstance());
			response.onCompleted();
		}

	}

	private static final class HeaderInterceptor implements ServerInterceptor {

		private static final Context.Key<Map<String, List<String>>> HEADERS = Context.keyWithDefault("headers",
				Map.of());

		@Override
		public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata metadata,
				ServerCallHandler<Q, R> next) {
			Map<String, List<String>> headers = new HashMap<>();
			for (String name : metadata.keys()) {
				if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
					String value = metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
					headers.put(name, (value != null) ? List.of(value) : List.of());
				}
			}
			return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, metadata, next);
		}

	}

}
