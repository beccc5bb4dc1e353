package io.hindspan.grpc;

import io.grpc.BindableService;
import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.server.GlobalServerInterceptor;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces calls of gRPC, as a client and as a server. Spring Boot's interceptors go on
 * observing them for their meters.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(ClientInterceptor.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("grpc")
@EnableConfigurationProperties(GrpcTracingProperties.class)
public final class GrpcTracingAutoConfiguration {

	@Bean
	GrpcTracing grpcTracing(InstrumentationTracers tracers, CalleeVerdict calleeVerdict, TrustedCallers trustedCallers,
			GrpcTracingProperties properties) {
		return new GrpcTracing(tracers, calleeVerdict, trustedCallers, properties.traceResponse());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GlobalClientInterceptor.class)
	@ConditionalOnBooleanProperty(name = "spring.grpc.client.observation.enabled", matchIfMissing = true)
	static class ClientConfiguration {

		@Bean(defaultCandidate = false)
		@GlobalClientInterceptor
		ClientInterceptor grpcClientTracingInterceptor(GrpcTracing tracing) {
			return tracing.clientInterceptor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ BindableService.class, GlobalServerInterceptor.class })
	@ConditionalOnBooleanProperty(name = "spring.grpc.server.observation.enabled", matchIfMissing = true)
	static class ServerConfiguration {

		@Bean(defaultCandidate = false)
		@GlobalServerInterceptor
		ServerInterceptor grpcServerTracingInterceptor(GrpcTracing tracing) {
			return tracing.serverInterceptor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(GrpcServerObservationContext.class)
	static class ObservationConfiguration {

		@Bean
		ClientObservationConvention grpcClientObservationSpanConvention() {
			return new ClientObservationConvention();
		}

		@Bean
		ServerObservationConvention grpcServerObservationSpanConvention(TrustedCallers trustedCallers) {
			return new ServerObservationConvention(trustedCallers);
		}

	}

}
