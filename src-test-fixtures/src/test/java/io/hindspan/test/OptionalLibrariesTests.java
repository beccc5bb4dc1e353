package io.hindspan.test;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is optional is not needed: by the sample, and by users who do not use it. */
class OptionalLibrariesTests {

	private static final Pattern REQUIRED_LIBRARIES = Pattern
		.compile("/(opentelemetry-(api|context|common|proto)|protobuf-java|jspecify|slf4j-api)-[\\d.]+[^/]*\\.jar$");

	private static final Pattern ASSERTIONS = Pattern.compile("(SpanAssert|TraceAssert|TraceAssertions)(\\$.*)?");

	private static final Pattern LIBRARY_SPECIFIC = Pattern
		.compile("OtlpGrpcTransport.*|.*\\$(Embedded|Binary|Imitation|StartListener|Logback)");

	@Test
	void everythingButTheAssertionsLoadsWithoutThem() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(requiredClassPath(), ClassLoader.getPlatformClassLoader())) {
			List<String> names = classNames();
			assertThat(names).contains("io.hindspan.test.OtlpReceiver", "io.hindspan.test.server.KafkaServer");
			for (String name : names) {
				Class<?> type = Class.forName(name, true, loader);
				assertThat(type.getDeclaredMethods()).doesNotContainNull();
				assertThat(type.getDeclaredFields()).doesNotContainNull();
			}
		}
	}

	@Test
	void aTraceIsReceivedAndPrintedWithoutThem() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(requiredClassPath(), ClassLoader.getPlatformClassLoader())) {
			Class<?> type = loader.loadClass(OtlpReceiver.class.getName());
			try (AutoCloseable receiver = (AutoCloseable) type.getMethod("start").invoke(null)) {
				assertThat(type.getMethod("traces").invoke(receiver)).isEqualTo(List.of());
			}
		}
	}

	private static List<String> classNames() throws IOException {
		Path classes = classesDirectory();
		try (Stream<Path> files = Files.walk(classes.resolve("io/hindspan/test"))) {
			return files.map((file) -> classes.relativize(file).toString().replace(File.separatorChar, '.'))
				.filter((name) -> name.endsWith(".class"))
				.map((name) -> name.substring(0, name.length() - ".class".length()))
				.filter((name) -> !matches(ASSERTIONS, name) && !matches(LIBRARY_SPECIFIC, name))
				.toList();
		}
	}

	private static boolean matches(Pattern pattern, String className) {
		return pattern.matcher(className.substring(className.lastIndexOf('.') + 1)).matches();
	}

	private static Path classesDirectory() {
		return Path.of(System.getProperty("user.dir"), "target", "classes");
	}

	private static URL[] requiredClassPath() throws MalformedURLException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		List<String> libraries = Stream.of(classPath.split(File.pathSeparator))
			.filter((entry) -> REQUIRED_LIBRARIES.matcher(entry.replace(File.separatorChar, '/')).find())
			.toList();
		assertThat(libraries).hasSize(7);
		URL[] urls = new URL[libraries.size() + 1];
		urls[0] = classesDirectory().toUri().toURL();
		for (int i = 0; i < libraries.size(); i++) {
			urls[i + 1] = Path.of(libraries.get(i)).toUri().toURL();
		}
		return urls;
	}

}
