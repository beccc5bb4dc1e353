package io.hindspan.kafka;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Offers a {@link KafkaBatchTracing} that does nothing where Kafka is not traced, since
 * code that has it injected should start.
 */
@AutoConfiguration(after = KafkaTracingAutoConfiguration.class)
@ConditionalOnClass(KafkaTemplate.class)
public final class KafkaApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	KafkaBatchTracing untracedKafkaBatches() {
		return new KafkaBatchTracing(null);
	}

}
