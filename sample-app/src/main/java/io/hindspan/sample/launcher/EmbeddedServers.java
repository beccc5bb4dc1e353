package io.hindspan.sample.launcher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.PropertyResolver;

/** Starts those servers that the properties do not replace. */
class EmbeddedServers implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedServers.class);

	private final Deque<AutoCloseable> running = new ArrayDeque<>();

	private final List<Long> processIds = new ArrayList<>();

	private final Map<String, String> properties = new LinkedHashMap<>();

	EmbeddedServers(Collection<Server> servers, PropertyResolver given) {
		for (Server server : servers) {
			if (!server.isReplaced(given)) {
				start(server);
			}
		}
	}

	private void start(Server server) {
		try {
			logger.info("Starting {}", server);
			Server.Running started = server.start();
			this.running.push(started.server());
			this.properties.putAll(started.properties());
			if (started.processId() != 0) {
				this.processIds.add(started.processId());
			}
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/** The processes of the servers, which do not end with this one by themselves. */
	List<Long> processIds() {
		return Stream.concat(this.processIds.stream(), ProcessHandle.current().descendants().map(ProcessHandle::pid))
			.toList();
	}

	/** How to reach the servers, in properties of Spring Boot. */
	Map<String, String> properties() {
		return this.properties;
	}

	@Override
	public void close() {
		while (!this.running.isEmpty()) {
			AutoCloseable server = this.running.pop();
			try {
				server.close();
			}
			catch (Exception ex) {
				// Some have stopped by themselves, in a shutdown hook of their own
				logger.debug("{} did not stop", server, ex);
			}
		}
	}

}
