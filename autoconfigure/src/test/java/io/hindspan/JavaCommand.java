package io.hindspan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that starts a class of the tests in a JVM of its own, on this one's class
 * path.
 */
public final class JavaCommand {

	private JavaCommand() {
	}

	public static List<String> of(Class<?> main, String... args) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(args));
		return command;
	}

}
