package io.hindspan.core;

import java.util.UUID;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryProperties;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryResourceAttributes;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Fills in what Spring Boot already knows of the service: its version, its instance and
 * the environment it runs in. What the application says of itself, by properties or by
 * {@code OTEL_RESOURCE_ATTRIBUTES}, goes before all of it.
 */
@AutoConfiguration(before = OpenTelemetrySdkAutoConfiguration.class)
@ConditionalOnClass({ OpenTelemetrySdk.class, OpenTelemetryResourceAttributes.class })
@ConditionalOnHindspan("resource")
public final class ResourceAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Resource hindspanResource(Environment environment, OpenTelemetryProperties properties) {
		ResourceBuilder attributes = Resource.builder();
		attributes.put("service.instance.id", UUID.randomUUID().toString());
		String version = environment.getProperty("spring.application.version");
		if (version != null) {
			attributes.put("service.version", version);
		}
		String name = DeploymentEnvironment.nameOf(environment);
		attributes.put("deployment.environment.name", name);
		if (!"stable".equalsIgnoreCase(environment.getProperty("hindspan.span.attribute-names", "stable"))) {
			attributes.put("deployment.environment", name);
		}
		new OpenTelemetryResourceAttributes(environment, properties.getResourceAttributes()).applyTo(attributes::put);
		return Resource.getDefault().merge(attributes.build());
	}

}
