package io.hindspan.compatibility;

import java.io.File;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerPortFileWriter;

/**
 * Starts the application as its users do, in a JVM of its own.
 */
public final class TasksMain {

	/** The system property with the file that tells the port. */
	static final String PORT_FILE = "tasks.port-file";

	private TasksMain() {
	}

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(TasksApplication.class);
		String file = System.getProperty(PORT_FILE);
		if (file != null) {
			application.addListeners(new WebServerPortFileWriter(new File(file)));
		}
		application.run(args);
	}

}
