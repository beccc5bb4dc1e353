package io.hindspan.rabbit;

import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Offers a {@link RabbitBatchTracing} that does nothing where RabbitMQ is not traced,
 * since code that has it injected should start.
 */
@AutoConfiguration(after = RabbitTracingAutoConfiguration.class)
@ConditionalOnClass(RabbitTemplate.class)
public final class RabbitApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RabbitBatchTracing untracedRabbitBatches() {
		return new RabbitBatchTracing(null, null);
	}

}
