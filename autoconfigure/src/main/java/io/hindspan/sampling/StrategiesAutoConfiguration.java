package io.hindspan.sampling;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

import io.hindspan.core.ConditionalOnHindspan;

/**
 * Samples by Jaeger's strategies, of a file or of an endpoint.
 */
@AutoConfiguration(before = SamplingAutoConfiguration.class)
@ConditionalOnClass(Sampler.class)
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("sampling")
@ConditionalOnMissingBean(Sampler.class)
@EnableConfigurationProperties(StrategiesProperties.class)
public final class StrategiesAutoConfiguration {

	private static final Duration FILE_INTERVAL = Duration.ofSeconds(10);

	private static final Duration ENDPOINT_INTERVAL = Duration.ofSeconds(60);

	private static final Duration ENDPOINT_TIMEOUT = Duration.ofSeconds(10);

	private static final List<String> GRPC = List.of("io.grpc.stub.ClientCalls",
			"com.google.protobuf.CodedInputStream");

	/** As OpenTelemetry calls a service that has no name. */
	private static final String UNKNOWN = "unknown_service";

	@Bean
	@ConditionalOnProperty(StrategiesProperties.FILE)
	CurrentStrategies samplingStrategiesOfFile(StrategiesProperties properties, ResourceLoader resourceLoader,
			Environment environment) {
		Resource file = ApplicationResourceLoader.get(resourceLoader, true)
			.getResource(String.valueOf(properties.file()));
		CurrentStrategies strategies = new CurrentStrategies(new StrategyFile(file, service(environment)),
				System::nanoTime);
		try {
			strategies.load();
		}
		catch (IOException ex) {
			throw invalidFile(properties.file(), "cannot be read (" + ex + ")");
		}
		catch (IllegalArgumentException ex) {
			throw invalidFile(properties.file(), ex.getMessage());
		}
		Duration interval = interval(properties, FILE_INTERVAL);
		strategies.poll(interval, interval);
		return strategies;
	}

	@Bean
	@ConditionalOnProperty(StrategiesProperties.URL)
	CurrentStrategies samplingStrategiesOfEndpoint(StrategiesProperties properties, ResourceLoader resourceLoader,
			Environment environment) {
		URI endpoint = properties.endpoint();
		String service = service(environment);
		StrategySource source = StrategiesProperties.isGrpc(endpoint)
				? grpcEndpoint(properties, endpoint, service, resourceLoader.getClassLoader())
				: new StrategyEndpoint(endpoint, service, ENDPOINT_TIMEOUT);
		CurrentStrategies strategies = new CurrentStrategies(source, System::nanoTime);
		// At once, but not in the way of the start
		strategies.poll(Duration.ZERO, interval(properties, ENDPOINT_INTERVAL));
		return strategies;
	}

	private static StrategySource grpcEndpoint(StrategiesProperties properties, URI endpoint, String service,
			@Nullable ClassLoader classLoader) {
		if (!GRPC.stream().allMatch((type) -> ClassUtils.isPresent(type, classLoader))) {
			throw properties.withoutGrpc();
		}
		try {
			return new GrpcStrategyEndpoint(endpoint, service, ENDPOINT_TIMEOUT);
		}
		catch (IllegalStateException ex) {
			throw properties.withoutGrpc();
		}
	}

	private static String service(Environment environment) {
		String name = environment.getProperty("spring.application.name");
		return (name != null && !name.isBlank()) ? name : UNKNOWN;
	}

	private static Duration interval(StrategiesProperties properties, Duration unlessSet) {
		return (properties.interval() != null) ? properties.interval() : unlessSet;
	}

	private static InvalidConfigurationPropertyValueException invalidFile(@Nullable String file,
			@Nullable String reason) {
		return new InvalidConfigurationPropertyValueException(StrategiesProperties.FILE, file, "The file " + reason
				+ ". Set the property to a file with 'default_strategy' or 'service_strategies' as Jaeger reads them.");
	}

}
