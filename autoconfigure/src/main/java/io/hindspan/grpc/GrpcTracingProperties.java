package io.hindspan.grpc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of gRPC.
 *
 * @param enabled whether calls of gRPC are CLIENT and SERVER spans
 */
@ConfigurationProperties("hindspan.grpc")
record GrpcTracingProperties(@DefaultValue("true") boolean enabled) {

}
