package io.hindspan.rabbit;

import java.time.InstantSource;
import java.util.function.Supplier;

import io.opentelemetry.sdk.trace.SpanLimits;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.core.FaultGuard;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces every message that a {@link RabbitTemplate} sends and a listener processes, one
 * by one or in batches, by the application's own beans as by Spring Boot's.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(RabbitTemplate.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("rabbit")
@EnableConfigurationProperties(RabbitTracingProperties.class)
@ImportRuntimeHints(RabbitRuntimeHints.class)
public final class RabbitTracingAutoConfiguration {

	@Bean
	static RabbitObservationPostProcessor rabbitObservationPostProcessor(Environment environment,
			ObjectProvider<MessageSpans> spans, ObjectProvider<Redeliveries> redeliveries,
			ObjectProvider<ListenerContainers> containers) {
		Supplier<MessageSpans> lazySpans = SingletonSupplier.of(spans::getObject);
		ListenerAdvices advices = new ListenerAdvices(new FaultGuard("a delivery of RabbitMQ"), lazySpans,
				SingletonSupplier.of(redeliveries::getObject), SingletonSupplier.of(containers::getObject));
		return new RabbitObservationPostProcessor(environment, advices, new FailedConnections(lazySpans));
	}

	@Bean
	MessageSpans rabbitMessageSpans(InstrumentationTracers tracers, ObjectProvider<SpanLimits> limits) {
		return new MessageSpans(tracers, limits.getIfUnique(SpanLimits::getDefault).getMaxNumberOfLinks());
	}

	@Bean
	Redeliveries rabbitRedeliveries(InstrumentationTracers tracers, RabbitTracingProperties properties) {
		return new Redeliveries(tracers, properties, InstantSource.system());
	}

	@Bean
	ListenerContainers rabbitListenerContainers(ObjectProvider<RabbitListenerEndpointRegistry> registries,
			ConfigurableListableBeanFactory beanFactory) {
		return new ListenerContainers(registries, beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	RabbitBatchTracing rabbitBatchTracing(MessageSpans spans, Redeliveries redeliveries) {
		return new RabbitBatchTracing(spans, redeliveries);
	}

	@Bean
	RabbitReplyContexts rabbitReplyContexts(ObjectProvider<RabbitListenerEndpointRegistry> registries,
			InstrumentationTracers tracers) {
		return new RabbitReplyContexts(registries, tracers);
	}

	@Bean
	RabbitSenderConvention rabbitSenderConvention() {
		return new RabbitSenderConvention();
	}

	@Bean
	RabbitReceiverConvention rabbitReceiverConvention(Redeliveries redeliveries, ListenerContainers containers) {
		return new RabbitReceiverConvention(redeliveries, containers);
	}

}
