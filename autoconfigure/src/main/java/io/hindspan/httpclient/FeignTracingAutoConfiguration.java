package io.hindspan.httpclient;

import feign.Capability;
import feign.micrometer.FeignContext;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the requests of the clients of Spring Cloud OpenFeign.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass({ Capability.class, HttpHeaders.class })
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("httpclient")
@EnableConfigurationProperties(HttpClientTracingProperties.class)
public final class FeignTracingAutoConfiguration {

	@Bean
	FeignTracing feignTracing(InstrumentationTracers tracers, CalleeVerdict calleeVerdict) {
		return new FeignTracing(tracers, new FeignRequestSpan(calleeVerdict));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(FeignContext.class)
	static class Observations {

		@Bean
		FeignSpanConvention feignSpanConvention(CalleeVerdict calleeVerdict) {
			return new FeignSpanConvention(new FeignRequestSpan(calleeVerdict));
		}

	}

}
