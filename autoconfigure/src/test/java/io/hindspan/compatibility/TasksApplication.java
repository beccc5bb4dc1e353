package io.hindspan.compatibility;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.micrometer.observation.annotation.Observed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * An application that uses whatever is traced and needs no server of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@EnableScheduling
class TasksApplication {

	/** The headers of the requests that the application sent to itself. */
	static final Map<String, Set<String>> RECEIVED = new ConcurrentHashMap<>();

	@Bean(destroyMethod = "shutdown")
	ExecutorService tasksExecutorService() {
		return Executors.newFixedThreadPool(2);
	}

	/**
	 * The global ones would be closed with the first context that closes.
	 */
	@Bean
	ReactorResourceFactory tasksReactorResources() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setShutdownQuietPeriod(Duration.ZERO);
		return resources;
	}

	@Bean
	TaskWork taskWork() {
		return new TaskWork();
	}

	static class TaskWork {

		@Observed(name = "task.work", contextualName = "work")
		public String observed() {
			return "observed";
		}

		@Async
		public CompletableFuture<String> asynchronous() {
			return CompletableFuture.completedFuture("asynchronous");
		}

		@Scheduled(fixedRate = 10)
		public void scheduled() {
		}

	}

	@RestController
	static class TaskController {

		private static final Logger logger = LoggerFactory.getLogger(TaskController.class);

		private final JdbcTemplate jdbc;

		private final TaskWork work;

		private final RestClient restClient;

		private final WebClient webClient;

		private final ExecutorService executor;

		private final Environment environment;

		TaskController(JdbcTemplate jdbc, TaskWork work, RestClient.Builder restClient, WebClient.Builder webClient,
				ExecutorService executor, Environment environment) {
			this.jdbc = jdbc;
			this.work = work;
			this.restClient = restClient.build();
			this.webClient = webClient.build();
			this.executor = executor;
			this.environment = environment;
		}

		@GetMapping("/tasks/{id}")
		String task(@PathVariable String id) throws Exception {
			logger.info("Reading task {}", id);
			String base = "http://localhost:" + this.environment.getRequiredProperty("local.server.port");
			this.jdbc.queryForObject("select 1", Integer.class);
			this.work.observed();
			this.work.asynchronous().get();
			this.executor.submit(() -> this.work.observed()).get();
			this.restClient.get().uri(base + "/echo/{id}", id).retrieve().body(String.class);
			this.webClient.get().uri(base + "/echo/{id}", id).retrieve().bodyToMono(String.class).block();
			return id;
		}

		@GetMapping("/echo/{id}")
		String echo(@PathVariable String id, @RequestHeader HttpHeaders headers) {
			headers.forEach((name, values) -> RECEIVED
				.computeIfAbsent(name.toLowerCase(Locale.ROOT), (key) -> ConcurrentHashMap.newKeySet())
				.addAll(values));
			return id;
		}

	}

}
