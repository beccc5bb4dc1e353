package io.hindspan.sample.launcher;

import java.io.IOException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a role when the launcher is gone, however it went: then nobody holds the other end
 * of the role's standard input any more.
 */
public final class LauncherWatch implements Runnable {

	/** The embedded servers' process ids, which the launcher hands over. */
	static final String SERVERS_PROPERTY = "sample.launcher.servers";

	private static final Logger logger = LoggerFactory.getLogger(LauncherWatch.class);

	private LauncherWatch() {
	}

	/** Starts to watch, if a launcher has started this process. */
	public static void start() {
		if (System.getProperty(SERVERS_PROPERTY) != null) {
			Thread thread = new Thread(new LauncherWatch(), "launcher-watch");
			thread.setDaemon(true);
			thread.start();
		}
	}

	@Override
	public void run() {
		try {
			while (System.in.read() >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			// As good as closed
		}
		logger.warn("The launcher is gone");
		stopServers();
		System.exit(1);
	}

	private void stopServers() {
		for (String pid : System.getProperty(SERVERS_PROPERTY, "").split(",")) {
			if (!pid.isEmpty()) {
				ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroy);
			}
		}
	}

}
