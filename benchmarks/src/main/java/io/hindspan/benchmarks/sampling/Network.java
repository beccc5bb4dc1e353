package io.hindspan.benchmarks.sampling;

import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;

/**
 * Where the services find each other. Complete once all of them run.
 */
final class Network {

	private final String id = UUID.randomUUID().toString();

	private final Map<Service, String> urls = new EnumMap<>(Service.class);

	synchronized void add(Service service, int port) {
		this.urls.put(service, "http://127.0.0.1:" + port + "/work/{order}");
	}

	/** The template of a service's URL. */
	synchronized String url(Service service) {
		return this.urls.get(service);
	}

	/** The name of a service's topic or queue. */
	String destination(Service service) {
		return "simulation-" + service.id() + "-" + this.id;
	}

}
