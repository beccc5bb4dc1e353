package io.hindspan.sample.launcher;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.core.env.PropertyResolver;

import io.hindspan.sample.api.ApiApplication;
import io.hindspan.sample.notifier.NotifierApplication;
import io.hindspan.sample.worker.WorkerApplication;

/** The parts of the service, each a process of its own. */
public enum Role {

	API(ApiApplication.class, 8080, Server.POSTGRESQL, Server.REDIS, Server.KAFKA, Server.AMQP),

	WORKER(WorkerApplication.class, 8081, Server.POSTGRESQL, Server.KAFKA, Server.AMQP),

	NOTIFIER(NotifierApplication.class, 8082, Server.POSTGRESQL, Server.REDIS);

	private final Class<?> application;

	private final int defaultPort;

	private final Set<Server> servers;

	Role(Class<?> application, int defaultPort, Server... servers) {
		this.application = application;
		this.defaultPort = defaultPort;
		this.servers = EnumSet.copyOf(List.of(servers));
	}

	public static @Nullable Role of(String name) {
		for (Role role : values()) {
			if (role.label().equals(name)) {
				return role;
			}
		}
		return null;
	}

	public SpringApplicationBuilder application() {
		return new SpringApplicationBuilder(this.application).main(this.application).profiles(label());
	}

	String label() {
		return name().toLowerCase(Locale.ROOT);
	}

	String portProperty() {
		return "sample." + label() + ".port";
	}

	int port(PropertyResolver properties) {
		return properties.getProperty(portProperty(), Integer.class, this.defaultPort);
	}

	String url(PropertyResolver properties) {
		return "http://localhost:" + port(properties);
	}

	Set<Server> servers() {
		return this.servers;
	}

}
