package io.hindspan.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.tracing.MicrometerTracing;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnection.PipeliningFlushPolicy;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RedisTracingAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					SpanTracingAutoConfiguration.class, LettuceObservationAutoConfiguration.class,
					RedisTracingAutoConfiguration.class, DataRedisAutoConfiguration.class));

	@Test
	void tracesSpringBootsConnections() {
		this.runner.withPropertyValues("spring.data.redis.database=5").run((context) -> {
			assertThat(context).hasSingleBean(RedisSpanConvention.class);
			Tracing tracing = context.getBean(LettuceConnectionFactory.class).getClientResources().tracing();
			assertThat(tracing).isInstanceOf(CommandTracing.class).extracting("database").isEqualTo(5);
			assertThat(context.getBean(ClientResources.class).tracing()).isSameAs(tracing);
		});
	}

	@Test
	void tracesConnectionsMadeByHandAndKeepsTheirSettings() {
		this.runner.withUserConfiguration(HandMade.class).run((context) -> {
			context.getBeansOfType(LettuceConnectionFactory.class)
				.forEach((name, factory) -> assertThat(factory.getClientResources().tracing()).as(name)
					.isInstanceOf(CommandTracing.class));
			LettuceConnectionFactory configured = context.getBean("configured", LettuceConnectionFactory.class);
			assertThat(configured.getClientConfiguration()).isNotInstanceOf(LettucePoolingClientConfiguration.class);
			assertThat(configured.getClientName()).isEqualTo("tasks");
			assertThat(configured.getHostName()).isEqualTo("redis.example");
			assertThat(configured.getDatabase()).isEqualTo(2);
			assertThat(configured.getValidateConnection()).isTrue();
			assertThat(configured).extracting("pipeliningFlushPolicy").isSameAs(HandMade.FLUSH);
			assertThat(configured.isRunning()).isTrue();
			LettuceConnectionFactory pooled = context.getBean("pooled", LettuceConnectionFactory.class);
			assertThat(pooled.getClientConfiguration()).isInstanceOf(LettucePoolingClientConfiguration.class);
			LettuceConnectionFactory started = context.getBean("started", LettuceConnectionFactory.class);
			assertThat(started.isRunning()).isTrue();
		});
	}

	@Test
	void tracesClientResourcesOfTheApplication() {
		this.runner.withUserConfiguration(OwnResources.class).run((context) -> {
			ClientResources resources = context.getBean(ClientResources.class);
			assertThat(resources).isInstanceOf(DefaultClientResources.class);
			assertThat(resources.tracing()).isInstanceOf(CommandTracing.class);
			assertThat(resources.ioThreadPoolSize()).isEqualTo(3);
			assertThat(resources.eventExecutorGroup().isShutdown()).isFalse();
			assertThat(context.getBean(LettuceConnectionFactory.class).getClientResources()).isSameAs(resources);
		});
	}

	@Test
	void leavesTracingOfTheApplicationAlone() {
		this.runner.withUserConfiguration(OwnTracing.class).run((context) -> {
			ClientResources resources = context.getBean(ClientResources.class);
			assertThat(resources.tracing()).isExactlyInstanceOf(MicrometerTracing.class);
			assertThat(context.getBean(LettuceConnectionFactory.class).getClientResources()).isSameAs(resources);
		});
	}

	@Test
	void leavesImitationsAlone() {
		ClientResources resources = mock(ClientResources.class);
		LettuceConnectionFactory factory = mock(LettuceConnectionFactory.class);
		this.runner.withBean(ClientResources.class, () -> resources)
			.withBean(LettuceConnectionFactory.class, () -> factory)
			.run((context) -> {
				assertThat(context.getBean(ClientResources.class)).isSameAs(resources);
				assertThat(context.getBean(LettuceConnectionFactory.class)).isSameAs(factory);
			});
	}

	@Test
	void tellsNoDatabaseWhereThereAreSeveral() {
		CommandTracing tracing = new CommandTracing(ObservationRegistry.create());
		assertThat(tracing).extracting("database").isEqualTo(-1);
		tracing.usedFor(1);
		tracing.usedFor(1);
		assertThat(tracing).extracting("database").isEqualTo(1);
		tracing.usedFor(2);
		tracing.usedFor(1);
		assertThat(tracing).extracting("database").isEqualTo(-2);
	}

	@Test
	void saysWhatItCannotTrace(CapturedOutput output) {
		this.runner.withUserConfiguration(OwnFactory.class).run((context) -> {
			assertThat(context.getBean(LettuceConnectionFactory.class)).isInstanceOf(OwnFactory.Extended.class);
			assertThat(output).containsOnlyOnce("Redis commands of 'extended' are not traced");
		});
	}

	@Test
	void reflectionIsKnownAheadOfTime() {
		RuntimeHints hints = new RuntimeHints();
		new RedisRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(LettuceConnectionFactory.class, "configuration"))
			.accepts(hints);
	}

	@Test
	void isOffByProperty() {
		this.runner.withPropertyValues("hindspan.redis.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(RedisSpanConvention.class);
			assertThat(context.getBean(ClientResources.class).tracing()).isExactlyInstanceOf(MicrometerTracing.class);
		});
	}

	@Test
	void isAbsentWithoutTheLibraries() {
		this.runner.withClassLoader(new FilteredClassLoader("io.lettuce"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisSpanConvention.class));
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.data.redis", "org.apache.commons.pool2"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(RedisSpanConvention.class)
				.doesNotHaveBean(LettuceConnectionFactoryPostProcessor.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class HandMade {

		static final PipeliningFlushPolicy FLUSH = PipeliningFlushPolicy.flushOnClose();

		@Bean
		LettuceConnectionFactory simple() {
			return new LettuceConnectionFactory("redis.example", 6379);
		}

		@Bean
		LettuceConnectionFactory configured() {
			RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("redis.example", 6379);
			server.setDatabase(2);
			LettuceConnectionFactory factory = new LettuceConnectionFactory(server,
					LettuceClientConfiguration.builder().clientName("tasks").build());
			factory.setValidateConnection(true);
			factory.setPipeliningFlushPolicy(FLUSH);
			return factory;
		}

		@Bean
		LettuceConnectionFactory pooled() {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("redis.example"),
					LettucePoolingClientConfiguration.builder().build());
		}

		@Bean
		LettuceConnectionFactory started() {
			LettuceConnectionFactory factory = new LettuceConnectionFactory(
					new RedisStandaloneConfiguration("redis.example"), LettuceClientConfiguration.builder().build());
			factory.afterPropertiesSet();
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFactory {

		@Bean
		LettuceConnectionFactory extended() {
			return new Extended();
		}

		static final class Extended extends LettuceConnectionFactory {

			Extended() {
				super(new RedisStandaloneConfiguration("redis.example"), LettuceClientConfiguration.builder().build());
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnResources {

		@Bean
		DefaultClientResources resources() {
			return DefaultClientResources.builder().ioThreadPoolSize(3).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTracing {

		@Bean
		ClientResources resources(ObservationRegistry registry) {
			return ClientResources.builder().tracing(new MicrometerTracing(registry, "own")).build();
		}

	}

}
