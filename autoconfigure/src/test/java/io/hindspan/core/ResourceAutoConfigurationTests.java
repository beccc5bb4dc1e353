package io.hindspan.core;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResourceAutoConfiguration}.
 */
class ResourceAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ResourceAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class))
		.withPropertyValues("spring.application.name=tasks", "spring.application.version=1.2.3");

	@Test
	void fillsInWhatSpringBootKnows() {
		this.runner.withPropertyValues("hindspan.environment=staging").run((context) -> {
			Resource resource = context.getBean(Resource.class);
			assertThat(value(resource, "service.name")).isEqualTo("tasks");
			assertThat(value(resource, "service.version")).isEqualTo("1.2.3");
			assertThat(value(resource, "service.instance.id")).isNotBlank();
			assertThat(value(resource, "deployment.environment.name")).isEqualTo("staging");
			assertThat(value(resource, "deployment.environment")).isNull();
			assertThat(value(resource, "telemetry.sdk.language")).isEqualTo("java");
		});
	}

	@Test
	void writesTheOlderNameOnDemand() {
		this.runner.withPropertyValues("hindspan.span.attribute-names=both", "ENVIRONMENT=qa-7").run((context) -> {
			Resource resource = context.getBean(Resource.class);
			assertThat(value(resource, "deployment.environment.name")).isEqualTo("qa-7");
			assertThat(value(resource, "deployment.environment")).isEqualTo("qa-7");
		});
	}

	@Test
	void applicationsOwnAttributesWin() {
		this.runner
			.withPropertyValues("management.opentelemetry.resource-attributes.deployment.environment.name=moon",
					"management.opentelemetry.resource-attributes.service.version=9")
			.run((context) -> {
				Resource resource = context.getBean(Resource.class);
				assertThat(value(resource, "deployment.environment.name")).isEqualTo("moon");
				assertThat(value(resource, "service.version")).isEqualTo("9");
			});
	}

	@Test
	void backsOff() {
		Resource own = Resource.empty();
		this.runner.withBean(Resource.class, () -> own)
			.run((context) -> assertThat(context.getBean(Resource.class)).isSameAs(own));
	}

	@Test
	void isOffByProperty() {
		this.runner.withPropertyValues("hindspan.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("hindspanResource").hasSingleBean(Resource.class));
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ResourceAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("io.opentelemetry.sdk"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("hindspanResource"));
	}

	private static String value(Resource resource, String key) {
		return resource.getAttribute(AttributeKey.stringKey(key));
	}

}
