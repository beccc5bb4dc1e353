package io.hindspan.grpc;

import io.grpc.ClientInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Offers a {@link GrpcTracing} that does nothing where gRPC is not traced, since code
 * that has it injected should start.
 */
@AutoConfiguration(after = GrpcTracingAutoConfiguration.class)
@ConditionalOnClass(ClientInterceptor.class)
public final class GrpcApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	GrpcTracing untracedGrpc() {
		return new GrpcTracing();
	}

}
