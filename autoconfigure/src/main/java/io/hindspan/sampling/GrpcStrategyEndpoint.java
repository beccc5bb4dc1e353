package io.hindspan.sampling;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;

/**
 * The service of a Jaeger collector, or of a collector that speaks like one, that tells
 * the strategies of a service by gRPC. Its calls make no spans: nobody's interceptors are
 * on its channel.
 *
 * @see <a href=
 * "https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/sampling.proto">
 * sampling.proto</a>
 */
final class GrpcStrategyEndpoint implements StrategySource {

	private static final int MAX_SIZE = 1024 * 1024;

	private static final int MAX_TEXT = 100;

	private static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName(
				MethodDescriptor.generateFullMethodName("jaeger.api_v2.SamplingManager", "GetSamplingStrategy"))
		.setRequestMarshaller(new Bytes())
		.setResponseMarshaller(new Bytes())
		.build();

	private final URI uri;

	private final byte[] request;

	private final Duration timeout;

	/**
	 * Creates an endpoint, and no connection to it.
	 * @param url the URL with the scheme {@code grpc}, or {@code grpcs} for TLS, a host
	 * and a port
	 * @param service the name of this service
	 * @param timeout how long an answer may take, the connection included
	 * @throws IllegalStateException if gRPC has no transport on the class path
	 */
	GrpcStrategyEndpoint(URI url, String service, Duration timeout) {
		this.uri = url;
		this.request = StrategyMessage.request(service);
		this.timeout = timeout;
		try {
			// To know at the start whether there is a transport
			ManagedChannelBuilder.forAddress(url.getHost(), url.getPort());
		}
		catch (ManagedChannelProvider.ProviderNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public ServiceStrategies read() throws IOException {
		// One that stayed would back off for longer than the interval once it fails,
		// and would not notice a connection that a firewall has forgotten
		ManagedChannel channel = Grpc.newChannelBuilderForAddress(this.uri.getHost(), this.uri.getPort(), credentials())
			.maxInboundMessageSize(MAX_SIZE)
			.build();
		try {
			CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
			byte[] answer = ClientCalls.blockingUnaryCall(channel, METHOD, options, this.request);
			return StrategyReader.answer(StrategyMessage.answer(answer));
		}
		catch (StatusRuntimeException ex) {
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedIOException();
			}
			throw failure(ex);
		}
		finally {
			channel.shutdownNow();
		}
	}

	private ChannelCredentials credentials() {
		return "grpcs".equals(this.uri.getScheme()) ? TlsChannelCredentials.create()
				: InsecureChannelCredentials.create();
	}

	/**
	 * Says what is the same each time: each other text would be told once more. A date or
	 * a number of the request is behind a colon or far behind.
	 */
	private IllegalArgumentException failure(StatusRuntimeException failure) {
		Status status = failure.getStatus();
		if (status.getCause() instanceof StatusRuntimeException first) {
			return failure(first);
		}
		if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
			return new IllegalArgumentException("does not answer in " + this.timeout.toMillis() + " ms", failure);
		}
		for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof IOException) {
				return new IllegalArgumentException("cannot be reached, "
						+ StrategyReader.quoted(cause.getClass().getSimpleName() + ": " + cause.getMessage(), MAX_TEXT),
						failure);
			}
		}
		String text = status.getDescription();
		return new IllegalArgumentException(
				"answers with status " + status.getCode()
						+ ((text != null) ? ", " + StrategyReader.quoted(text.split("[:\\n]", 2)[0], MAX_TEXT) : ""),
				failure);
	}

	@Override
	public String toString() {
		return "URL [" + this.uri + "]";
	}

	/**
	 * Messages as they are. The channel bounds what is received, also where it was
	 * compressed.
	 */
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

}
