package io.hindspan.explorer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.store.TraceStore;

/**
 * An application with a store, and one handler of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class ExplorerApplication {

	private static final Logger logger = LoggerFactory.getLogger(ExplorerApplication.class);

	@Bean
	TraceStore traceStore() {
		return new TraceStore();
	}

	@Bean
	SentTraces traceReader() {
		return new SentTraces();
	}

	@GetMapping("/tasks")
	String tasks() {
		logger.info("Tasks of {}", "ada@example.org");
		return "tasks";
	}

}
