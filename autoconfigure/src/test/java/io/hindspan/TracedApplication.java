package io.hindspan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.test.OtlpReceiver;

/**
 * Starts applications as users do, with every trace kept and sent to a receiver as it is.
 */
public final class TracedApplication {

	/** Excludes what the class path of the tests would otherwise connect to or start. */
	private static final String NO_SERVERS = "--spring.autoconfigure.exclude="
			+ "org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration,"
			+ "org.springframework.boot.batch.autoconfigure.BatchJobLauncherAutoConfiguration,"
			+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration,"
			+ "org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration,"
			+ "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration";

	private TracedApplication() {
	}

	public static ConfigurableApplicationContext start(OtlpReceiver receiver, WebApplicationType type, Class<?> source,
			String... args) {
		SpringApplication application = new SpringApplication(source);
		application.setWebApplicationType(type);
		application.setRegisterShutdownHook(false);
		Map<String, String> all = new LinkedHashMap<>();
		List<String> defaults = List.of(NO_SERVERS, "--server.port=0", "--spring.main.banner-mode=off",
				"--spring.application.name=tasks", "--hindspan.environment=development",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint(),
				"--management.opentelemetry.tracing.export.schedule-delay=20ms",
				// Else it would hide what a technology should not have written
				"--hindspan.guard.enabled=false",
				// Else a busy machine has more spans than a quiet one
				"--hindspan.jdbc.acquire-threshold=1h");
		// An argument that is given twice would be a list
		defaults.forEach((argument) -> all.put(name(argument), argument));
		List.of(args).forEach((argument) -> all.put(name(argument), argument));
		return application.run(all.values().toArray(String[]::new));
	}

	private static String name(String argument) {
		return argument.substring(0, argument.indexOf('='));
	}

	public static int port(ConfigurableApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

}
