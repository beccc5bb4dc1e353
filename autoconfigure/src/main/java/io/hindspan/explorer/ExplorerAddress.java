package io.hindspan.explorer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Says where the page is, as soon as that is known.
 */
final class ExplorerAddress implements ApplicationListener<WebServerInitializedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(ExplorerAddress.class);

	private final String path;

	/**
	 * Creates the listener.
	 * @param path the path with all that is before it
	 */
	ExplorerAddress(String path) {
		this.path = path;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		// The server of a management port has a namespace
		if (StringUtils.hasLength(event.getApplicationContext().getServerNamespace())
				|| event.getWebServer().getPort() <= 0) {
			return;
		}
		logger.info("Traces of this application: {}://localhost:{}{}",
				isEncrypted(event.getApplicationContext().getEnvironment()) ? "https" : "http",
				event.getWebServer().getPort(), this.path);
	}

	private static boolean isEncrypted(Environment environment) {
		boolean configured = environment.containsProperty("server.ssl.bundle")
				|| environment.containsProperty("server.ssl.key-store")
				|| environment.containsProperty("server.ssl.certificate");
		return configured && environment.getProperty("server.ssl.enabled", Boolean.class, true);
	}

}
