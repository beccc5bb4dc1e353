package io.hindspan.explorer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.hindspan.core.Bounded;
import io.hindspan.guard.Findings;
import io.hindspan.guard.ValueDetector;

/**
 * An application with a store, and one handler of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class ExplorerApplication {

	private static final Logger logger = LoggerFactory.getLogger(ExplorerApplication.class);

	@Bean
	GuardThreads guardThreads() {
		return new GuardThreads();
	}

	/**
	 * One that fails keeps nobody from the others.
	 */
	@Bean
	Bounded failingBounds() {
		return () -> {
			throw new IllegalStateException("a test");
		};
	}

	@GetMapping("/tasks")
	String tasks() {
		logger.info("Tasks of {}", "ada@example.org");
		return "tasks";
	}

	/**
	 * Remembers who looks at texts.
	 */
	static final class GuardThreads implements ValueDetector {

		private final Set<String> names = ConcurrentHashMap.newKeySet();

		@Override
		public void detect(String text, Findings findings) {
			if (text.contains("whoever reads this")) {
				this.names.add(Thread.currentThread().getName());
			}
		}

		Set<String> names() {
			return this.names;
		}

	}

}
