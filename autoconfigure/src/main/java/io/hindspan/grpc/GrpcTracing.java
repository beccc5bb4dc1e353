package io.hindspan.grpc;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;

/**
 * Traces channels and servers of gRPC that are built by hand; those of Spring gRPC are
 * traced without being asked for. Inject it where such a channel or server is built:
 *
 * <pre class="code">
 * ManagedChannelBuilder.forTarget("tasks:9090").intercept(tracing.clientInterceptor()).build();
 * ServerBuilder.forPort(9090).intercept(tracing.serverInterceptor()).addService(tasks).build();
 * </pre>
 *
 * A call that meets an interceptor twice has one span. A bean that is there also where
 * tracing is off. Thread-safe.
 */
public final class GrpcTracing {

	static final String INSTRUMENTATION_SCOPE = "io.hindspan.grpc";

	private final ClientInterceptor clientInterceptor;

	private final ServerInterceptor serverInterceptor;

	/**
	 * Has interceptors that do nothing.
	 */
	GrpcTracing() {
		this.clientInterceptor = NoInterceptor.INSTANCE;
		this.serverInterceptor = NoInterceptor.INSTANCE;
	}

	GrpcTracing(InstrumentationTracers tracers, CalleeVerdict calleeVerdict, TrustedCallers trustedCallers,
			boolean traceResponse) {
		CallMetadata metadata = new CallMetadata(tracers);
		this.clientInterceptor = new TracingClientInterceptor(tracers, metadata, calleeVerdict);
		this.serverInterceptor = new TracingServerInterceptor(tracers, metadata, trustedCallers, traceResponse);
	}

	/**
	 * Makes a CLIENT span of each call of a channel. To be the last that is given to
	 * {@code ManagedChannelBuilder.intercept}, which makes it the first to be called.
	 * @return the interceptor, always the same
	 */
	public ClientInterceptor clientInterceptor() {
		return this.clientInterceptor;
	}

	/**
	 * Makes a SERVER span of each call of a server. To be the last that is given to
	 * {@code ServerBuilder.intercept}, which makes it the first to be called.
	 * @return the interceptor, always the same
	 */
	public ServerInterceptor serverInterceptor() {
		return this.serverInterceptor;
	}

}
