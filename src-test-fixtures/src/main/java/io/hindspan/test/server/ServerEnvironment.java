package io.hindspan.test.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Where the servers run: whose they are, on which ports, how loud. */
final class ServerEnvironment {

	static final String LOOPBACK = "127.0.0.1";

	private ServerEnvironment() {
	}

	static boolean isExternal() {
		return "external".equals(System.getProperty("hindspan.test.servers"));
	}

	/**
	 * Checks a port before a server tries it, because not every server does: PostgreSQL's
	 * launcher is content with another server that answers there.
	 * @param port the port, or 0 for one that is free now
	 * @return the port
	 */
	static int claimPort(int port) {
		try (ServerSocket socket = new ServerSocket()) {
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException("Port " + port + " of " + LOOPBACK + " is not free", ex);
		}
	}

	/** Lets loggers write warnings and errors only, if nobody gave them a level. */
	static void quiet(String... loggers) {
		setLevel("WARN", loggers);
	}

	/** Lets loggers write errors only, if nobody gave them a level. */
	static void silence(String... loggers) {
		setLevel("ERROR", loggers);
	}

	private static void setLevel(String level, String... loggers) {
		ILoggerFactory factory = LoggerFactory.getILoggerFactory();
		if (factory.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")) {
			Logback.setLevel(factory, level, loggers);
		}
	}

	/** Keeps Logback's classes out of the way where it is absent. */
	private static final class Logback {

		private static void setLevel(ILoggerFactory factory, String level, String... names) {
			for (String name : names) {
				Logger logger = ((LoggerContext) factory).getLogger(name);
				if (logger.getLevel() == null) {
					logger.setLevel(Level.valueOf(level));
				}
			}
		}

	}

}
