package io.hindspan.s3;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import io.hindspan.span.InstrumentationTracers;

/**
 * Traces clients of the AWS SDK that are no beans; beans are traced without being asked
 * for. Inject it where such a client is made:
 *
 * <pre class="code">
 * this.s3 = tracing.trace(S3Client.create());
 * </pre>
 *
 * A bean that is there also where tracing is off. Thread-safe.
 */
public final class AwsClientTracing {

	private static final Logger logger = LoggerFactory.getLogger(AwsClientTracing.class);

	private final @Nullable InstrumentationTracers tracers;

	private final boolean objectKeys;

	AwsClientTracing(@Nullable InstrumentationTracers tracers, boolean objectKeys) {
		this.tracers = tracers;
		this.objectKeys = objectKeys;
	}

	/**
	 * Traces a client, of S3 or of another service.
	 * @param client the client
	 * @param <C> the type of the client
	 * @return the same client
	 */
	public <C extends SdkClient> C trace(C client) {
		InstrumentationTracers tracers = this.tracers;
		if (tracers == null) {
			return client;
		}
		try {
			SdkServiceClientConfiguration configuration = client.serviceClientConfiguration();
			if (configuration != null) {
				trace(tracers, configuration.overrideConfiguration());
			}
		}
		catch (RuntimeException ex) {
			// An imitation, or a client of the application's own
			logger.debug("Calls of {} are not traced", client.getClass().getName(), ex);
		}
		return client;
	}

	private void trace(InstrumentationTracers tracers, ClientOverrideConfiguration configuration) {
		CallTracer tracer = new CallTracer(tracers, this.objectKeys, maxAttempts(configuration));
		List<ExecutionInterceptor> interceptors = configuration.executionInterceptors();
		for (ExecutionInterceptor interceptor : interceptors) {
			if (interceptor instanceof AwsApiCallInterceptor own) {
				own.trace(tracer);
			}
		}
	}

	private static int maxAttempts(ClientOverrideConfiguration configuration) {
		return configuration.retryStrategy().map((strategy) -> strategy.maxAttempts()).orElse(0);
	}

}
