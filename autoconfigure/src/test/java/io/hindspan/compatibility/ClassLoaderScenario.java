package io.hindspan.compatibility;

import java.net.HttpURLConnection;
import java.net.URI;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpResources;

/**
 * Starts an application that prints its traces, sends it a request and closes it.
 */
class ClassLoaderScenario implements Function<List<String>, Map<String, Object>> {

	@Override
	public Map<String, Object> apply(List<String> args) {
		Map<String, Object> facts = new TreeMap<>();
		SpringApplication application = new SpringApplication(TasksApplication.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		application.setRegisterShutdownHook(false);
		try (ConfigurableApplicationContext context = application.run(LifecycleTests.EXCLUDED, "--server.port=0",
				"--spring.main.banner-mode=off", "--hindspan.environment=development")) {
			String port = context.getEnvironment().getRequiredProperty("local.server.port");
			HttpURLConnection connection = (HttpURLConnection) URI.create("http://localhost:" + port + "/tasks/17")
				.toURL()
				.openConnection();
			facts.put("status", connection.getResponseCode());
			facts.put("traced", connection.getHeaderField("X-Trace-Id") != null);
			connection.disconnect();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		leave();
		return facts;
	}

	/**
	 * Gives back what libraries keep in the JVM, as an application server does.
	 */
	private static void leave() {
		HttpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, Duration.ofSeconds(10)).block();
		Schedulers.shutdownNow();
		for (Driver driver : Collections.list(DriverManager.getDrivers())) {
			try {
				DriverManager.deregisterDriver(driver);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
