package io.hindspan.redis;

import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.stream.StreamListener;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.Subscription;

import io.hindspan.FaultyTracing;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for beans that another object takes the place of.
 */
class ReplacedBeansTests {

	private final ApplicationContextRunner runner = new FaultyTracing().runner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RedisTracingAutoConfiguration.class,
				JedisTracingAutoConfiguration.class, RedisListenerTracingAutoConfiguration.class));

	@Test
	void nothingIsKeptOfPrototypes() {
		this.runner.withUserConfiguration(Prototypes.class).run((context) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(context.getBean("jedis")).isInstanceOf(TracedJedisConnectionFactory.class);
				assertThat(context.getBean("messages")).isInstanceOf(TracedMessageListenerContainer.class);
				assertThat(context.getBean("lettuce", LettuceConnectionFactory.class).getClientResources().tracing())
					.isInstanceOf(CommandTracing.class);
			}
			context.getBeansOfType(ReplacingPostProcessor.class)
				.forEach((name, processor) -> assertThat(processor.kept()).as(name).isZero());
		});
	}

	@Test
	void singletonsAreKeptUntilTheyAreDestroyed() {
		this.runner.withUserConfiguration(Singleton.class).run((context) -> {
			ReplacingPostProcessor processor = context.getBean(MessageListenerContainerPostProcessor.class);
			assertThat(processor.kept()).isPositive();
			context.close();
			assertThat(processor.kept()).isZero();
		});
	}

	@Test
	void containerOfAClassOfTheApplicationsOwnStaysOfIt() {
		this.runner.withUserConfiguration(OwnContainer.class).run((context) -> {
			Container container = context.getBean(Container.class);
			assertThat(AopUtils.isCglibProxy(container)).isTrue();
			container.register(StreamOffset.fromStart("tasks"), (message) -> {
			});
			assertThat(container.registered()).isInstanceOf(TracedStreamListener.class);
		});
	}

	@Test
	void containerThatCanOnlyBeWhatItIsStaysThat() {
		this.runner.withUserConfiguration(FinalContainer.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean("container")
				.isExactlyInstanceOf(FinalContainer.Fixed.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Prototypes {

		@Bean
		@Scope(BeanDefinition.SCOPE_PROTOTYPE)
		JedisConnectionFactory jedis() {
			return new JedisConnectionFactory();
		}

		@Bean
		@Scope(BeanDefinition.SCOPE_PROTOTYPE)
		RedisMessageListenerContainer messages(RedisConnectionFactory lettuce) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(lettuce);
			return container;
		}

		@Bean
		@Scope(BeanDefinition.SCOPE_PROTOTYPE)
		LettuceConnectionFactory lettuce() {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("redis.example"),
					LettuceClientConfiguration.builder().build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Singleton {

		@Bean
		RedisMessageListenerContainer messages(RedisConnectionFactory factory) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(factory);
			container.setAutoStartup(false);
			return container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnContainer {

		@Bean
		Container container() {
			return new Container();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalContainer {

		@Bean
		Fixed container() {
			return new Fixed();
		}

		static final class Fixed extends Container {

		}

	}

	static class Container implements StreamMessageListenerContainer<String, MapRecord<String, String, String>> {

		private StreamListener<String, MapRecord<String, String, String>> registered;

		Object registered() {
			return this.registered;
		}

		@Override
		public Subscription register(StreamReadRequest<String> request,
				StreamListener<String, MapRecord<String, String, String>> listener) {
			this.registered = listener;
			return null;
		}

		Subscription register(StreamOffset<String> offset,
				StreamListener<String, MapRecord<String, String, String>> listener) {
			return register(StreamReadRequest.builder(offset).build(), listener);
		}

		@Override
		public void remove(Subscription subscription) {
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
