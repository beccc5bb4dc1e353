package io.hindspan.sample.api;

import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import io.hindspan.sample.message.Topics;

@Configuration(proxyBeanMethods = false)
class ApiConfiguration {

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	@Bean
	ExecutorService backgroundExecutor() {
		return Executors.newFixedThreadPool(4);
	}

	@Bean
	NewTopic tasksCreated() {
		return TopicBuilder.name(Topics.TASKS_CREATED).build();
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
	WebMvcConfigurer authorizationConfigurer(AuthorizationInterceptor authorization) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(authorization).addPathPatterns("/api/**");
			}

		};
	}

}
