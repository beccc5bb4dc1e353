package io.hindspan.sample.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

import io.hindspan.core.DeploymentEnvironment;

/**
 * Starts the servers that are not given and the three roles, and stops them together.
 */
public class Launcher implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Launcher.class);

	private static final Duration TIME_TO_START = Duration.ofMinutes(3);

	private static final String OTLP_ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

	private static final String SCHEDULE_DELAY = "management.opentelemetry.tracing.export.schedule-delay";

	private static final String EXPLORER = "/hindspan";

	private final Environment environment;

	private final String[] arguments;

	private final PrintStream console;

	private final List<AutoCloseable> started = new ArrayList<>();

	private final BlockingQueue<RoleProcess> ended = new LinkedBlockingQueue<>();

	private boolean closed;

	Launcher(Environment environment, String[] arguments, PrintStream console) {
		this.environment = environment;
		this.arguments = arguments;
		this.console = console;
	}

	/**
	 * Runs until a role ends or the launcher is closed.
	 * @return the exit code
	 */
	public int run() throws InterruptedException {
		for (Role role : Role.values()) {
			if (!isFree(role.port(this.environment))) {
				this.console.printf("Port %d, where %s should listen, is taken. Choose another with --%s=…%n",
						role.port(this.environment), role.label(), role.portProperty());
				return 1;
			}
		}
		Map<String, String> added = new LinkedHashMap<>();
		this.console.println("Starting the servers that are not given …");
		EmbeddedServers servers = started(new EmbeddedServers(EnumSet.allOf(Server.class), this.environment));
		added.putAll(servers.properties());
		added.putAll(tracing());
		added.putAll(ifNotGiven("spring.main.log-startup-info", "false"));
		List<Long> serverProcessIds = servers.processIds();
		this.console.println("Starting api, worker and notifier …");
		List<RoleProcess> roles = new ArrayList<>();
		for (Role role : Role.values()) {
			Map<String, String> own = new LinkedHashMap<>(added);
			own.putAll(explorer(role));
			roles.add(start(role, serverProcessIds, handedOver(own)));
		}
		HttpClient http = HttpClient.newHttpClient();
		for (RoleProcess role : roles) {
			if (!role.awaitReady(http, TIME_TO_START, () -> !this.ended.isEmpty())) {
				return report(this.ended.isEmpty() ? role : this.ended.take());
			}
		}
		welcome(roles);
		return report(this.ended.take());
	}

	/**
	 * What a role is started with: the launcher's own arguments, and what was started for
	 * it.
	 */
	List<String> handedOver(Map<String, String> added) {
		List<String> handedOver = new ArrayList<>(List.of(this.arguments));
		added.forEach((name, value) -> handedOver.add("--" + name + "=" + value));
		return handedOver;
	}

	/** Where the roles send their spans: here, unless somebody said otherwise. */
	Map<String, String> tracing() {
		if (this.environment.containsProperty(OTLP_ENDPOINT)) {
			return ifNotGiven("hindspan.export.console.enabled", "true");
		}
		if (isOff("management.tracing.export.enabled") || isOff("management.tracing.export.otlp.enabled")) {
			return Map.of();
		}
		TraceConsole traces = started(new TraceConsole(this.console));
		Map<String, String> properties = new LinkedHashMap<>(ifNotGiven(SCHEDULE_DELAY, "200ms"));
		properties.put(OTLP_ENDPOINT, traces.endpoint());
		return properties;
	}

	/**
	 * The explorer in the API shows what all roles do: the others send their spans there,
	 * and have none of their own.
	 */
	Map<String, String> explorer(Role role) {
		if (role == Role.API || !hasExplorer() || isOff("management.tracing.export.enabled")) {
			return Map.of();
		}
		return Map.of("hindspan.explorer.enabled", "false", "hindspan.store.enabled", "false",
				"hindspan.export.targets.explorer.type", "otlp", "hindspan.export.targets.explorer.endpoint",
				Role.API.url(this.environment) + EXPLORER + "/v1/traces");
	}

	private boolean hasExplorer() {
		boolean development = DeploymentEnvironment.of(this.environment) == DeploymentEnvironment.DEVELOPMENT;
		return this.environment.getProperty("hindspan.enabled", Boolean.class, true)
				&& this.environment.getProperty("hindspan.explorer.enabled", Boolean.class, development);
	}

	private Map<String, String> ifNotGiven(String name, String value) {
		return this.environment.containsProperty(name) ? Map.of() : Map.of(name, value);
	}

	private boolean isOff(String property) {
		return !this.environment.getProperty(property, Boolean.class, true);
	}

	private RoleProcess start(Role role, List<Long> serverProcessIds, List<String> arguments) {
		RoleProcess process = RoleProcess.start(role, role.port(this.environment), serverProcessIds, arguments,
				this.console);
		process.whenEnded(() -> this.ended.add(process));
		return started(process);
	}

	private int report(RoleProcess role) {
		synchronized (this.started) {
			if (this.closed) {
				return 0;
			}
		}
		this.console
			.println(role.isAlive() ? role.role().label() + " did not become ready in time" : role.describeEnd());
		return 1;
	}

	private void welcome(List<RoleProcess> roles) {
		this.console.println();
		for (RoleProcess role : roles) {
			this.console.printf("%-8s listens on %s%n", role.role().label(), role.url());
		}
		if (hasExplorer()) {
			this.console.printf("%nSee all traces at %s%s%n", roles.get(0).url(), EXPLORER);
		}
		this.console.println(Examples.of(roles.get(0).url()));
	}

	private <T extends AutoCloseable> T started(T closeable) {
		synchronized (this.started) {
			if (this.closed) {
				close(closeable);
			}
			else {
				this.started.add(closeable);
			}
		}
		return closeable;
	}

	@Override
	public void close() {
		List<AutoCloseable> toClose;
		synchronized (this.started) {
			this.closed = true;
			toClose = new ArrayList<>(this.started);
			this.started.clear();
		}
		for (AutoCloseable closeable : toClose) {
			if (closeable instanceof RoleProcess role) {
				role.requestStop();
			}
		}
		Collections.reverse(toClose);
		toClose.forEach(this::close);
	}

	private void close(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			logger.warn("{} did not stop", closeable, ex);
		}
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port)) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
