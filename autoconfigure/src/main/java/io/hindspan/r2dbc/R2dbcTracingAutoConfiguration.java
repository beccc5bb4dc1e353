package io.hindspan.r2dbc;

import io.r2dbc.proxy.observation.QueryContext;
import io.r2dbc.spi.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import reactor.core.publisher.Mono;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the statements of every {@link ConnectionFactory} bean.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class, before = R2dbcAutoConfiguration.class)
@ConditionalOnClass({ ConnectionFactory.class, OptionsCapableConnectionFactory.class, Mono.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("r2dbc")
@EnableConfigurationProperties(R2dbcTracingProperties.class)
public final class R2dbcTracingAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ConnectionFactoryTracingPostProcessor connectionFactoryTracingPostProcessor(
			ObjectProvider<StatementTracer> tracer) {
		return new ConnectionFactoryTracingPostProcessor(tracer);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StatementTracer r2dbcStatementTracer(ObjectProvider<InstrumentationTracers> tracers,
			R2dbcTracingProperties properties) {
		return new StatementTracer(tracers, properties);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(QueryContext.class)
	static class ProxiedQueryConfiguration {

		@Bean
		ProxiedQueryConvention proxiedQueryConvention() {
			return new ProxiedQueryConvention();
		}

	}

}
