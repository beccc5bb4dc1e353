package io.hindspan.retry;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Tells each further attempt of what Spring tries again on the span that it is made in.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("retry")
@EnableConfigurationProperties(RetryTracingProperties.class)
public final class RetryTracingAutoConfiguration {

	@Bean
	MethodRetryListener methodRetryListener(ConfigurableBeanFactory beanFactory) {
		return new MethodRetryListener(beanFactory);
	}

	@Bean
	static RetryTemplatePostProcessor tracingRetryTemplatePostProcessor() {
		return new RetryTemplatePostProcessor();
	}

}
