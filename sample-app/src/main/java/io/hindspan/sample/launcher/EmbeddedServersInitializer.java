package io.hindspan.sample.launcher;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Gives a role that runs alone the servers that it needs. */
public class EmbeddedServersInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private final Role role;

	public EmbeddedServersInitializer(Role role) {
		this.role = role;
	}

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		EmbeddedServers servers = new EmbeddedServers(this.role.servers(), environment);
		SpringApplication.getShutdownHandlers().add(servers::close);
		environment.getPropertySources()
			.addLast(new MapPropertySource("embeddedServers", Map.copyOf(servers.properties())));
	}

}
