package io.hindspan.outbox;

import java.time.Clock;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.util.StringUtils;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;

/**
 * Keeps the traces of the events in Spring Modulith's event publication registry, so that
 * one that is resubmitted goes on with the trace that it was published in.
 */
@AutoConfiguration(after = OutboxTracingAutoConfiguration.class,
		afterName = "org.springframework.modulith.events.config.EventPublicationAutoConfiguration")
@ConditionalOnClass(EventPublicationRegistry.class)
@ConditionalOnBean({ InstrumentationTracers.class, EventPublicationRegistry.class })
@ConditionalOnHindspan("outbox")
public final class EventPublicationTracingAutoConfiguration {

	@Bean
	static EventPublicationRegistryPostProcessor tracingEventPublicationRegistryPostProcessor(
			ObjectProvider<PublicationInterceptor> interceptor) {
		return new EventPublicationRegistryPostProcessor(interceptor);
	}

	@Bean
	PublicationInterceptor tracingPublicationInterceptor(OutboxTracing outbox, ObjectProvider<TraceColumn> column) {
		return new PublicationInterceptor(outbox, new PublicationTraces(column.getIfAvailable()));
	}

	/**
	 * Only for Modulith's JDBC store, which these settings belong to.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ JdbcTemplate.class, DataSource.class })
	@ConditionalOnBean(type = "org.springframework.modulith.events.jdbc.JdbcRepositorySettings")
	static class JdbcStoreConfiguration {

		/**
		 * By the name of its parameter, where there are several, it has the one that
		 * Modulith has.
		 */
		@Bean
		TraceColumn eventPublicationTraceColumn(ObjectProvider<JdbcTemplate> jdbcTemplate, Environment environment) {
			String schema = environment.getProperty("spring.modulith.events.jdbc.schema");
			String table = StringUtils.hasLength(schema) ? schema + ".EVENT_PUBLICATION" : "EVENT_PUBLICATION";
			return new TraceColumn(jdbcTemplate::getIfUnique, table, Clock.systemUTC());
		}

	}

}
