package io.hindspan.mongo;

import java.util.ArrayList;
import java.util.List;

import com.mongodb.ContextProvider;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.SynchronousContextProvider;
import com.mongodb.reactivestreams.client.ReactiveContextProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.mongodb.autoconfigure.MongoAutoConfiguration;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;
import reactor.core.CoreSubscriber;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the commands of the MongoDB clients that Spring Boot builds.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class,
		before = { MongoAutoConfiguration.class, MongoReactiveAutoConfiguration.class })
@ConditionalOnClass({ MongoClientSettings.class, MongoClientSettingsBuilderCustomizer.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("mongo")
@EnableConfigurationProperties(MongoTracingProperties.class)
public final class MongoTracingAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(MongoTracingAutoConfiguration.class);

	private static final String[] CLIENTS = { "com.mongodb.client.MongoClient",
			"com.mongodb.reactivestreams.client.MongoClient" };

	@Bean
	CommandTracer mongoCommandTracer(InstrumentationTracers tracers, MongoTracingProperties properties) {
		return new CommandTracer(tracers, properties.queryText());
	}

	@Bean
	TracingSettingsCustomizer tracingMongoClientSettingsBuilderCustomizer(CommandTracer tracer,
			ObjectProvider<SubscriberContexts> contexts) {
		return new TracingSettingsCustomizer(tracer, contexts.getIfAvailable());
	}

	@Bean
	SmartInitializingSingleton untracedMongoClients(ConfigurableListableBeanFactory beanFactory,
			TracingSettingsCustomizer customizer) {
		return () -> {
			List<String> clients = new ArrayList<>();
			for (String name : CLIENTS) {
				ClassLoader classLoader = beanFactory.getBeanClassLoader();
				if (ClassUtils.isPresent(name, classLoader)) {
					Class<?> type = ClassUtils.resolveClassName(name, classLoader);
					clients.addAll(List.of(beanFactory.getBeanNamesForType(type, false, false)));
				}
			}
			clients.removeIf((name) -> !beanFactory.containsSingleton(name));
			if (clients.size() > customizer.clients()) {
				logger.warn("Commands of some of the MongoDB clients {} are not traced: build them with Spring Boot's"
						+ " MongoClientFactory and the customizers of the application context", clients);
			}
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ReactiveContextProvider.class, SynchronousContextProvider.class, CoreSubscriber.class })
	static class BothClients {

		@Bean
		@ConditionalOnMissingBean(ContextProvider.class)
		CallerContexts mongoCallerContexts() {
			return new CallerContexts();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ReactiveContextProvider.class, CoreSubscriber.class })
	@ConditionalOnMissingClass("com.mongodb.client.SynchronousContextProvider")
	static class ReactiveClients {

		@Bean
		@ConditionalOnMissingBean(ContextProvider.class)
		SubscriberContexts mongoSubscriberContexts() {
			return new SubscriberContexts();
		}

	}

}
