package io.hindspan.repository;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.data.repository.core.support.RepositoryFactoryBeanSupport;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Makes spans of the calls of Spring Data repositories where
 * {@code hindspan.repository.enabled} is {@code true}.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(RepositoryFactoryBeanSupport.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("repository")
@ConditionalOnBooleanProperty("hindspan.repository.enabled")
@EnableConfigurationProperties(RepositoryTracingProperties.class)
public final class RepositoryTracingAutoConfiguration {

	@Bean
	static RepositoryFactoryPostProcessor tracingRepositoryFactoryPostProcessor(
			ObjectProvider<InstrumentationTracers> tracers) {
		return new RepositoryFactoryPostProcessor(tracers);
	}

}
