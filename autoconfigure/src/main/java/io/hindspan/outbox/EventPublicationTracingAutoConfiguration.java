package io.hindspan.outbox;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.modulith.events.core.EventPublicationRegistry;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;

/**
 * Keeps the traces of the events in Spring Modulith's event publication registry, so that
 * one that is resubmitted goes on with the trace that it was published in.
 */
@AutoConfiguration(after = OutboxTracingAutoConfiguration.class,
		afterName = "org.springframework.modulith.events.config.EventPublicationAutoConfiguration")
@ConditionalOnClass({ EventPublicationRegistry.class, JdbcOperations.class, DataSource.class })
@ConditionalOnBean({ InstrumentationTracers.class, EventPublicationRegistry.class })
@ConditionalOnHindspan("outbox")
public final class EventPublicationTracingAutoConfiguration {

	@Bean
	static EventPublicationRegistryPostProcessor tracingEventPublicationRegistryPostProcessor(
			ObjectProvider<PublicationInterceptor> interceptor) {
		return new EventPublicationRegistryPostProcessor(interceptor);
	}

	@Bean
	PublicationTraces eventPublicationTraces(ObjectProvider<JdbcOperations> jdbc, Environment environment) {
		return new PublicationTraces(jdbc, environment);
	}

	@Bean
	PublicationInterceptor tracingPublicationInterceptor(OutboxTracing outbox, PublicationTraces traces) {
		return new PublicationInterceptor(outbox, traces);
	}

}
