package io.hindspan.sample.launcher;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.core.env.PropertyResolver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import io.hindspan.test.server.AmqpServer;
import io.hindspan.test.server.KafkaServer;
import io.hindspan.test.server.PostgresServer;
import io.hindspan.test.server.RedisServer;

/** A server that the roles use, and the properties by which it can be replaced. */
enum Server {

	POSTGRESQL(Server::startPostgres, "spring.datasource.url"),

	REDIS(Server::startRedis, "spring.data.redis.host", "spring.data.redis.port", "spring.data.redis.url",
			"spring.data.redis.sentinel.master", "spring.data.redis.cluster.nodes"),

	KAFKA(Server::startKafka, "spring.kafka.bootstrap-servers"),

	AMQP(Server::startAmqp, "spring.rabbitmq.host", "spring.rabbitmq.port", "spring.rabbitmq.addresses");

	private final Supplier<Running> starter;

	private final List<String> replacedBy;

	Server(Supplier<Running> starter, String... replacedBy) {
		this.starter = starter;
		this.replacedBy = List.of(replacedBy);
	}

	boolean isReplaced(PropertyResolver properties) {
		return this.replacedBy.stream()
			.anyMatch((name) -> properties.containsProperty(name) || properties.containsProperty(name + "[0]"));
	}

	Running start() {
		return this.starter.get();
	}

	private static Running startPostgres() {
		PostgresServer server = PostgresServer.start();
		// Nobody keeps a statement for its text, so each may tell its trace
		String url = server.jdbcUrl() + "?preparedStatementCacheQueries=0";
		return new Running(server, Map.of("spring.datasource.url", url, "spring.datasource.username", server.username(),
				"spring.datasource.password", server.password()), processId(server));
	}

	/** PostgreSQL has left the process that started it, so only itself can tell. */
	private static long processId(PostgresServer server) {
		SingleConnectionDataSource dataSource = new SingleConnectionDataSource(server.jdbcUrl(), server.username(),
				server.password(), true);
		try {
			return JdbcClient.create(dataSource)
				.sql("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::bigint")
				.query(Long.class)
				.single();
		}
		finally {
			dataSource.destroy();
		}
	}

	private static Running startRedis() {
		RedisServer server = RedisServer.start();
		return new Running(server, Map.of("spring.data.redis.host", server.host(), "spring.data.redis.port",
				String.valueOf(server.port())));
	}

	private static Running startKafka() {
		KafkaServer server = KafkaServer.start();
		return new Running(server, Map.of("spring.kafka.bootstrap-servers", server.bootstrapServers()));
	}

	private static Running startAmqp() {
		AmqpServer server = AmqpServer.start();
		return new Running(server,
				Map.of("spring.rabbitmq.host", server.host(), "spring.rabbitmq.port", String.valueOf(server.port()),
						"spring.rabbitmq.username", server.username(), "spring.rabbitmq.password", server.password()));
	}

	/**
	 * A server that was started here.
	 *
	 * @param server closing it stops the server
	 * @param properties how to reach it
	 * @param processId its process, or 0 if that is this one or its child
	 */
	record Running(AutoCloseable server, Map<String, String> properties, long processId) {

		Running(AutoCloseable server, Map<String, String> properties) {
			this(server, properties, 0);
		}

	}

}
