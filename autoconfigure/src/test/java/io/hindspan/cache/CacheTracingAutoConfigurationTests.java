package io.hindspan.cache;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CacheTracingAutoConfiguration}.
 */
class CacheTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
						OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
						SpanTracingAutoConfiguration.class, CacheTracingAutoConfiguration.class))
		.withUserConfiguration(Caching.class);

	@Test
	void tracesTheInterceptorOfSpring() {
		this.runner.run((context) -> {
			CacheInterceptor interceptor = context.getBean(CacheInterceptor.class);
			assertThat(interceptor).isInstanceOf(TracedCacheInterceptor.class);
			BeanFactoryCacheOperationSourceAdvisor advisor = context
				.getBean(BeanFactoryCacheOperationSourceAdvisor.class);
			assertThat(advisor.getAdvice()).isSameAs(interceptor);
			assertThat(advisor.getOrder()).isEqualTo(7);
			assertThat(context.getBean(CachedTasks.class).title("1"))
				.isEqualTo(context.getBean(CachedTasks.class).title("1"));
			assertThat(context.getBean(CachedTasks.class).calls()).isEqualTo(1);
			assertThat(context).getBean(CacheTracing.class).isInstanceOf(CacheEvents.class);
		});
	}

	@Test
	void makesSpansOnDemand() {
		this.runner.withPropertyValues("hindspan.cache.mode=span")
			.run((context) -> assertThat(context).getBean(CacheTracing.class).isInstanceOf(CacheSpans.class));
	}

	@Test
	void leavesAnInterceptorOfTheApplicationAlone() {
		this.runner.withAllowBeanDefinitionOverriding(true)
			.withUserConfiguration(OwnInterceptor.class)
			.run((context) -> {
				assertThat(context.getBean(CacheInterceptor.class)).isExactlyInstanceOf(CacheInterceptor.class);
				assertThat(context.getBean(CachedTasks.class).title("1")).isEqualTo("title of 1");
			});
	}

	@Test
	void isOffByItsProperty() {
		this.runner.withPropertyValues("hindspan.cache.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(CacheTracing.class);
			assertThat(context.getBean(CacheInterceptor.class)).isExactlyInstanceOf(CacheInterceptor.class);
		});
	}

	@Test
	void wrongModeFailsAtTheStart() {
		this.runner.withPropertyValues("hindspan.cache.mode=loud")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("loud"));
	}

	@Test
	void isAbsentWithoutTheLibrary() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
							OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
							SpanTracingAutoConfiguration.class, CacheTracingAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.cache"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CacheInterceptorPostProcessor.class));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(order = 7)
	@Import(CachedTasks.class)
	static class Caching {

		@Bean
		ConcurrentMapCacheManager cacheManager() {
			return new ConcurrentMapCacheManager();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnInterceptor {

		@Bean
		CacheInterceptor cacheInterceptor(CacheOperationSource source) {
			CacheInterceptor interceptor = new CacheInterceptor();
			interceptor.setCacheOperationSource(source);
			return interceptor;
		}

	}

}
