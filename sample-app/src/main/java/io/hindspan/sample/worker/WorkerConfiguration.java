package io.hindspan.sample.worker;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.web.client.RestClient;

import io.hindspan.sample.message.Topics;

@Configuration(proxyBeanMethods = false)
class WorkerConfiguration {

	@Bean
	NewTopic tasksCreated() {
		return TopicBuilder.name(Topics.TASKS_CREATED).build();
	}

	@Bean
	NewTopic tasksIndexed() {
		return TopicBuilder.name(Topics.TASKS_INDEXED).build();
	}

	@Bean
	Queue tasksAudit() {
		return new Queue(Topics.TASKS_AUDIT);
	}

	@Bean
	JacksonJsonMessageConverter messageConverter() {
		return new JacksonJsonMessageConverter();
	}

	@Bean
	RestClient notifier(RestClient.Builder builder, NotifierProperties properties) {
		return builder.baseUrl(properties.url()).build();
	}

}
