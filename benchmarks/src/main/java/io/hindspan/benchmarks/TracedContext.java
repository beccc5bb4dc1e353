package io.hindspan.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application as the starter makes it, whose spans go through the real pipeline to an
 * exporter that takes them and does nothing.
 */
final class TracedContext {

	private TracedContext() {
	}

	static ConfigurableApplicationContext start(boolean hindspan, double probability, Class<?>... sources) {
		return start(List.of("--hindspan.enabled=" + hindspan,
				"--management.tracing.sampling.probability=" + probability, "--hindspan.sampling.tail.enabled=false"),
				sources);
	}

	static ConfigurableApplicationContext start(List<String> properties, Class<?>... sources) {
		SpringApplication application = new SpringApplication(Application.class);
		application.addPrimarySources(List.of(sources));
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		List<String> arguments = new ArrayList<>(properties);
		arguments.addAll(List.of("--spring.main.banner-mode=off", "--logging.level.root=warn",
				"--spring.application.name=benchmark",
				"--management.opentelemetry.tracing.export.max-queue-size=65536"));
		return application.run(arguments.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SpanExporter discardingExporter() {
			return new SpanExporter() {

				@Override
				public CompletableResultCode export(Collection<SpanData> spans) {
					return CompletableResultCode.ofSuccess();
				}

				@Override
				public CompletableResultCode flush() {
					return CompletableResultCode.ofSuccess();
				}

				@Override
				public CompletableResultCode shutdown() {
					return CompletableResultCode.ofSuccess();
				}

			};
		}

	}

}
