package io.hindspan.redis;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

/**
 * The far end of one connection, with all that its commands' spans and meters say of it
 * ready made. Thread-safe.
 */
final class RedisEndpoint implements Tracing.Endpoint {

	private final ConcurrentMap<CommandType, Description> descriptions = new ConcurrentHashMap<>();

	private final String text;

	private final String host;

	private final @Nullable Long port;

	private final @Nullable String address;

	private final KeyValues keyValues;

	private volatile @Nullable String database;

	RedisEndpoint(SocketAddress socketAddress, @Nullable String database) {
		this.database = database;
		if (socketAddress instanceof InetSocketAddress internet) {
			InetAddress resolved = internet.getAddress();
			this.host = internet.getHostString();
			this.port = (long) internet.getPort();
			this.address = (resolved != null) ? resolved.getHostAddress() : null;
			this.text = this.host + ":" + this.port;
			this.keyValues = KeyValues.of("net.sock.peer.addr", this.host, "net.sock.peer.port", this.port.toString(),
					"net.transport", "IP.TCP");
		}
		else {
			this.host = socketAddress.toString();
			this.port = null;
			this.address = null;
			this.text = this.host;
			this.keyValues = KeyValues.of("net.peer.name", this.text, "net.transport", "Unix");
		}
	}

	String host() {
		return this.host;
	}

	/**
	 * The port.
	 * @return the port, or {@code null} for a socket of the file system
	 */
	@Nullable Long port() {
		return this.port;
	}

	/**
	 * The IP address.
	 * @return the address, or {@code null} for a socket of the file system
	 */
	@Nullable String address() {
		return this.address;
	}

	/**
	 * The index of the database that the connection uses.
	 * @return the index, or {@code null} where it is not known
	 */
	@Nullable String database() {
		return this.database;
	}

	void select(@Nullable Long database) {
		this.database = (database != null) ? database.toString() : null;
	}

	/**
	 * How the meters of a command are named. Commands that Lettuce does not know could be
	 * anything, so they are not kept.
	 */
	Description description(ProtocolKeyword command) {
		if (!(command instanceof CommandType type)) {
			return describe(command);
		}
		Description known = this.descriptions.get(type);
		return (known != null) ? known : this.descriptions.computeIfAbsent(type, this::describe);
	}

	private Description describe(ProtocolKeyword command) {
		String name = command.toString();
		return new Description(KeyValues.of("db.operation", name, "db.system", "redis").and(this.keyValues),
				name.toLowerCase(Locale.ROOT));
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * What the observation of a command is called.
	 *
	 * @param keyValues the key-values, those of Lettuce's own convention
	 * @param contextualName the contextual name
	 */
	record Description(KeyValues keyValues, String contextualName) {

	}

}
