package io.hindspan.test.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker, always in this process: it needs {@code org.apache.kafka:kafka_2.13}.
 * One node is broker and controller, topics are created when they are first used, with
 * one partition. Takes about three seconds to start. Thread-safe.
 */
public final class KafkaServer implements AutoCloseable {

	private static final SharedServer<KafkaServer> SHARED = new SharedServer<>(KafkaServer::start);

	private final int port;

	private final AutoCloseable broker;

	private KafkaServer(int port, AutoCloseable broker) {
		this.port = port;
		this.broker = broker;
	}

	/**
	 * The server that all tests of this JVM use, started when first asked for.
	 * @return the running server, which must not be closed
	 */
	public static KafkaServer shared() {
		return SHARED.get();
	}

	/**
	 * Starts a server of one's own on a free port.
	 * @return the running server
	 */
	public static KafkaServer start() {
		return start(0);
	}

	/**
	 * Starts a server of one's own.
	 * @param port the port, or 0 for a free one
	 * @return the running server
	 */
	public static KafkaServer start(int port) {
		return Embedded.start(ServerEnvironment.claimPort(port));
	}

	/**
	 * The server's host.
	 * @return the loopback address
	 */
	public String host() {
		return ServerEnvironment.LOOPBACK;
	}

	/**
	 * The server's port.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Where clients find the server.
	 * @return host and port
	 */
	public String bootstrapServers() {
		return host() + ":" + this.port;
	}

	/**
	 * Stops the server and deletes its data.
	 */
	@Override
	public void close() {
		Closing.close(this.broker);
	}

	/**
	 * Starts Kafka as its own scripts do, rather than with its test kit: that one binds
	 * to all interfaces, on ports that cannot be chosen.
	 */
	private static final class Embedded {

		private static final Logger logger = LoggerFactory.getLogger(KafkaServer.class);

		private static final String CONTROLLER = "CONTROLLER";

		private static KafkaServer start(int port) {
			ServerEnvironment.quiet("kafka", "org.apache.kafka", "state.change.logger");
			// It warns of the empty log that every fresh broker has.
			ServerEnvironment.silence("org.apache.kafka.controller.QuorumController");
			// A fatal fault of the broker would otherwise end this JVM.
			Exit.setExitProcedure((status, message) -> logger.warn("Kafka gave up: {}", message));
			Exit.setHaltProcedure((status, message) -> logger.warn("Kafka gave up: {}", message));
			Path directory = createDirectory();
			try {
				format(directory);
				KafkaRaftServer broker = new KafkaRaftServer(KafkaConfig.fromProps(properties(port, directory), false),
						Time.SYSTEM);
				startUp(broker);
				return new KafkaServer(port, () -> stop(broker, directory));
			}
			catch (Exception ex) {
				TemporaryFiles.delete(directory);
				throw new IllegalStateException("Cannot start Kafka on port " + port, ex);
			}
		}

		private static void startUp(KafkaRaftServer broker) {
			try {
				broker.startup();
			}
			catch (RuntimeException ex) {
				broker.shutdown();
				throw ex;
			}
		}

		private static void stop(KafkaRaftServer broker, Path directory) {
			broker.shutdown();
			broker.awaitShutdown();
			TemporaryFiles.delete(directory);
		}

		private static Path createDirectory() {
			try {
				return Files.createTempDirectory("kafka-");
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot create a directory for Kafka", ex);
			}
		}

		private static void format(Path directory) throws Exception {
			new Formatter()
				.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
				.setClusterId(Uuid.randomUuid().toString())
				.setNodeId(1)
				.setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
				.setControllerListenerName(CONTROLLER)
				.setMetadataLogDirectory(directory.toString())
				.addDirectory(directory.toString())
				.run();
		}

		private static Properties properties(int port, Path directory) {
			String broker = ServerEnvironment.LOOPBACK + ":" + port;
			String controller = ServerEnvironment.LOOPBACK + ":" + ServerEnvironment.claimPort(0);
			Properties properties = new Properties();
			properties.put("process.roles", "broker,controller");
			properties.put("node.id", "1");
			properties.put("controller.quorum.voters", "1@" + controller);
			properties.put("controller.listener.names", CONTROLLER);
			properties.put("listeners", "PLAINTEXT://" + broker + "," + CONTROLLER + "://" + controller);
			properties.put("advertised.listeners", "PLAINTEXT://" + broker);
			properties.put("inter.broker.listener.name", "PLAINTEXT");
			properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
			properties.put("log.dirs", directory.toString());
			properties.put("num.partitions", "1");
			properties.put("auto.create.topics.enable", "true");
			properties.put("offsets.topic.num.partitions", "1");
			properties.put("offsets.topic.replication.factor", "1");
			properties.put("transaction.state.log.num.partitions", "1");
			properties.put("transaction.state.log.replication.factor", "1");
			properties.put("transaction.state.log.min.isr", "1");
			properties.put("share.coordinator.state.topic.num.partitions", "1");
			properties.put("share.coordinator.state.topic.replication.factor", "1");
			properties.put("share.coordinator.state.topic.min.isr", "1");
			properties.put("group.initial.rebalance.delay.ms", "0");
			properties.put("controlled.shutdown.enable", "false");
			// The default takes 128 MB.
			properties.put("log.cleaner.dedupe.buffer.size", "2097152");
			return properties;
		}

	}

}
