package io.hindspan.cache;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.context.annotation.Bean;

import io.hindspan.cache.CacheTracingProperties.Keys;
import io.hindspan.cache.CacheTracingProperties.Mode;
import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Tells what cached methods do with their caches.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(CacheInterceptor.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("cache")
@EnableConfigurationProperties(CacheTracingProperties.class)
public final class CacheTracingAutoConfiguration {

	@Bean
	CacheTracing cacheTracing(InstrumentationTracers tracers, CacheTracingProperties properties) {
		boolean keys = properties.keys() == Keys.HASH;
		return (properties.mode() == Mode.SPAN) ? new CacheSpans(tracers, keys) : new CacheEvents(keys);
	}

	@Bean
	static CacheInterceptorPostProcessor tracingCacheInterceptorPostProcessor(
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<CacheTracing> tracing) {
		return new CacheInterceptorPostProcessor(beanFactory, tracing);
	}

}
