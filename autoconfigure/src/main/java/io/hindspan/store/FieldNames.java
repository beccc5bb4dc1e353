package io.hindspan.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Attributes that have had several names: whoever asks for one is answered for the
 * others, too, so that a query finds what services under different conventions have
 * written. Only names whose values are the same are here, as each of the project's own
 * {@link io.hindspan.span.SemanticKey keys} is.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/">OpenTelemetry semantic
 * conventions</a>
 */
final class FieldNames {

	/** The attributes that say where a request went. */
	static final Set<String> URLS = Set.of("http.url", "url.full", "http.target", "url.path");

	/** Where a path may stand. */
	static final List<String> WITH_PATH = List.of("url.path", "url.full", "http.target", "http.url", "http.route");

	/** Where a URL or a part of it may stand. */
	static final List<String> WITH_URL = List.of("url.path", "url.full", "http.target", "http.url");

	/** Where a whole URL may stand. */
	static final List<String> WITH_HOST = List.of("url.full", "http.url");

	private static final String[][] RENAMED = { { "client.address", "http.client_ip" },
			{ "client.address", "net.sock.peer.addr" }, { "client.port", "net.sock.peer.port" },
			{ "code.function.name", "code.function" }, { "db.collection.name", "db.mongodb.collection" },
			{ "db.collection.name", "db.sql.table" }, { "db.namespace", "db.name" },
			{ "db.namespace", "db.redis.database_index" }, { "db.operation.name", "db.operation" },
			{ "db.query.text", "db.statement" }, { "db.system.name", "db.system" },
			{ "deployment.environment.name", "deployment.environment" },
			{ "http.request.body.size", "http.request_content_length" }, { "http.request.method", "http.method" },
			{ "http.response.body.size", "http.response_content_length" },
			{ "http.response.status_code", "http.status_code" }, { "messaging.client.id", "messaging.kafka.client_id" },
			{ "messaging.consumer.group.name", "messaging.consumer_group" },
			{ "messaging.consumer.group.name", "messaging.kafka.consumer_group" },
			{ "messaging.consumer.group.name", "messaging.kafka.consumer.group" },
			{ "messaging.destination.name", "messaging.destination" },
			{ "messaging.destination.partition.id", "messaging.kafka.partition" },
			{ "messaging.kafka.offset", "messaging.kafka.message.offset" },
			{ "messaging.message.body.size", "messaging.message_payload_size_bytes" },
			{ "messaging.message.id", "messaging.message_id" }, { "messaging.operation.type", "messaging.operation" },
			{ "messaging.operation.name", "messaging.operation" },
			{ "messaging.rabbitmq.destination.routing_key", "messaging.rabbitmq.routing_key" },
			{ "network.peer.address", "net.sock.peer.addr" }, { "network.peer.port", "net.sock.peer.port" },
			{ "network.protocol.version", "http.flavor" }, { "rpc.system.name", "rpc.system" },
			{ "server.address", "net.host.name" }, { "server.address", "net.peer.name" },
			{ "server.port", "net.host.port" }, { "server.port", "net.peer.port" }, { "url.scheme", "http.scheme" },
			{ "user_agent.original", "http.user_agent" } };

	private static final Map<String, List<String>> NAMES = names();

	private FieldNames() {
	}

	private static Map<String, List<String>> names() {
		Map<String, List<String>> names = new LinkedHashMap<>();
		for (String[] renamed : RENAMED) {
			names.computeIfAbsent(renamed[0], (name) -> new ArrayList<>(List.of(name))).add(renamed[1]);
			names.computeIfAbsent(renamed[1], (name) -> new ArrayList<>(List.of(name))).add(renamed[0]);
		}
		names.replaceAll((name, all) -> List.copyOf(all));
		return names;
	}

	/**
	 * The names under which an attribute may stand.
	 * @param name one of its names
	 * @return that name and the others
	 */
	static List<String> of(String name) {
		List<String> names = NAMES.get(name);
		return (names != null) ? names : List.of(name);
	}

	/**
	 * Whether a name is one of these.
	 * @param name a name
	 * @return whether nobody who writes it can mean something else
	 */
	static boolean isKnown(String name) {
		return NAMES.containsKey(name) || URLS.contains(name) || name.equals("http.route");
	}

}
