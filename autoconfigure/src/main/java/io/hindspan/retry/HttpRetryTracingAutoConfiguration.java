package io.hindspan.retry;

import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.annotation.Bean;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Tells each further attempt of what Apache HttpClient sends again, in the clients that
 * Spring Boot's builders make.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass({ HttpClientBuilder.class, ClientHttpRequestFactoryBuilderCustomizer.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("retry")
@EnableConfigurationProperties(RetryTracingProperties.class)
public final class HttpRetryTracingAutoConfiguration {

	@Bean
	ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> retryTracingHttpComponentsCustomizer() {
		return (builder) -> builder.withHttpClientCustomizer((client) -> client
			.addExecInterceptorAfter(ChainElement.RETRY.name(), "hindspan-attempts", new HttpAttempts()));
	}

}
