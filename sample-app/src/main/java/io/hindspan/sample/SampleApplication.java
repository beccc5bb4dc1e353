package io.hindspan.sample;

import java.util.Arrays;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.sample.launcher.EmbeddedServersInitializer;
import io.hindspan.sample.launcher.Launcher;
import io.hindspan.sample.launcher.LauncherConfiguration;
import io.hindspan.sample.launcher.LauncherWatch;
import io.hindspan.sample.launcher.Role;

/**
 * Starts all roles, each in a process of its own, or the one role that is named by the
 * first argument: {@code api}, {@code worker} or {@code notifier}.
 */
public final class SampleApplication {

	private SampleApplication() {
	}

	public static void main(String... args) throws InterruptedException {
		Role role = (args.length > 0) ? Role.of(args[0]) : null;
		if (role != null) {
			LauncherWatch.start();
			role.application()
				.initializers(new EmbeddedServersInitializer(role))
				.run(Arrays.copyOfRange(args, 1, args.length));
			return;
		}
		ConfigurableApplicationContext context = new SpringApplicationBuilder(LauncherConfiguration.class)
			.web(WebApplicationType.NONE)
			.logStartupInfo(false)
			.properties("logging.level.org.apache.kafka=error", "logging.level.org.apache.qpid=off")
			.run(args);
		int exitCode = context.getBean(Launcher.class).run();
		System.exit(SpringApplication.exit(context, () -> exitCode));
	}

}
