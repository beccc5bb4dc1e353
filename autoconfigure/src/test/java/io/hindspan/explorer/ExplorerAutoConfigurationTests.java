package io.hindspan.explorer;

import ch.qos.logback.classic.LoggerContext;
import io.micrometer.core.instrument.config.MeterFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import io.hindspan.span.UntracedRequests;
import io.hindspan.store.TraceStore;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the auto-configurations of the explorer.
 */
class ExplorerAutoConfigurationTests {

	private static final AutoConfigurations EXPLORER = AutoConfigurations.of(ExplorerAutoConfiguration.class,
			ExplorerWebMvcAutoConfiguration.class, ExplorerWebFluxAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withConfiguration(EXPLORER)
		.withBean(TraceStore.class, TraceStore::new)
		.withPropertyValues("hindspan.environment=development");

	@Test
	void contributesToAServletApplication() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(Explorer.class)
			.hasSingleBean(ExplorerHandlerMapping.class)
			.hasSingleBean(UntracedRequests.class)
			.hasSingleBean(LogCapture.class)
			.hasSingleBean(UnmeasuredRequests.class)
			.hasSingleBean(Intake.class));
	}

	@Test
	void contributesToAReactiveApplication() {
		new ReactiveWebApplicationContextRunner().withConfiguration(EXPLORER)
			.withBean(TraceStore.class, TraceStore::new)
			.withPropertyValues("hindspan.environment=development")
			.run((context) -> assertThat(context).hasSingleBean(Explorer.class)
				.hasSingleBean(org.springframework.web.reactive.handler.SimpleUrlHandlerMapping.class)
				.doesNotHaveBean(ExplorerHandlerMapping.class));
	}

	@Test
	void isNothingWithoutAServerOrAStore() {
		new ApplicationContextRunner().withConfiguration(EXPLORER)
			.withBean(TraceStore.class, TraceStore::new)
			.withPropertyValues("hindspan.environment=development")
			.run((context) -> assertThat(context).doesNotHaveBean(Explorer.class));
		new WebApplicationContextRunner().withConfiguration(EXPLORER)
			.withPropertyValues("hindspan.environment=development")
			.run((context) -> assertThat(context).doesNotHaveBean(Explorer.class)
				.doesNotHaveBean(ExplorerHandlerMapping.class)
				.doesNotHaveBean(LogCapture.class));
	}

	@ParameterizedTest
	@CsvSource({ "development,,true", "development,false,false", "staging,,false", "production,,false",
			"production,true,true", "nowhere,,false" })
	void isOnInDevelopmentUnlessTold(String environment, String enabled, boolean on) {
		this.runner.withPropertyValues("hindspan.environment=" + environment.replace("nowhere", ""))
			.withPropertyValues(
					(enabled != null) ? new String[] { "hindspan.explorer.enabled=" + enabled } : new String[0])
			.run((context) -> {
				if (on) {
					assertThat(context).hasSingleBean(Explorer.class);
				}
				else {
					assertThat(context).doesNotHaveBean(Explorer.class);
				}
			});
	}

	@Test
	void doesWithoutLogbackAndMeters() {
		this.runner.withClassLoader(new FilteredClassLoader(LoggerContext.class, MeterFilter.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Explorer.class)
				.doesNotHaveBean(CapturedLogs.class)
				.doesNotHaveBean("unmeasuredExplorerRequests"));
	}

	@Test
	void doesWithoutServletStackInAReactiveApplication() {
		new ReactiveWebApplicationContextRunner().withConfiguration(EXPLORER)
			.withBean(TraceStore.class, TraceStore::new)
			.withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.springframework.web.servlet",
					"org.springframework.security"))
			.withPropertyValues("hindspan.environment=development")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Explorer.class));
	}

	@ParameterizedTest
	@CsvSource({ "path,hindspan", "path,/", "path,/a/", "path,/a b", "path,/**", "path,/../a", "log-memory,1B",
			"log-memory,2GB" })
	void wrongValueIsNamed(String property, String value) {
		this.runner.withPropertyValues("hindspan.explorer." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(failure) -> assertThat(failure.getName()).isEqualTo("hindspan.explorer." + property)));
	}

	@Test
	void pageIsInANativeImage() {
		RuntimeHints hints = new RuntimeHints();
		new ExplorerRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/hindspan/explorer/index.html")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/hindspan/explorer/test-page.js")).accepts(hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/hindspan/explorer/Explorer.class")).rejects(hints);
	}

}
