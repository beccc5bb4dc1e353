package io.hindspan.grpc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of gRPC.
 *
 * @param enabled whether calls of gRPC are CLIENT and SERVER spans
 * @param traceResponse whether the answer to a call tells in its trailers whether its
 * trace is kept
 */
@ConfigurationProperties("hindspan.grpc")
record GrpcTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean traceResponse) {

}
