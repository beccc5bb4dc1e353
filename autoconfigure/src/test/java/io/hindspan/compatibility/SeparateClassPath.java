package io.hindspan.compatibility;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.hindspan.CurrentSpan;
import io.hindspan.test.OtlpReceiver;

/**
 * The class path of the tests or a part of it, loaded once more and apart from the rest
 * of the JVM: what is left out is really not there, and statics are new.
 */
final class SeparateClassPath implements AutoCloseable {

	private static final Path HINDSPAN = locationOf(CurrentSpan.class);

	private static final Set<Path> ALWAYS = Set.of(HINDSPAN, locationOf(OtlpReceiver.class),
			locationOf(SeparateClassPath.class));

	private final URLClassLoader loader;

	private SeparateClassPath(Predicate<Path> entries) {
		URL[] urls = entries().filter(entries).map(SeparateClassPath::url).toArray(URL[]::new);
		this.loader = new URLClassLoader("separate", urls, ClassLoader.getPlatformClassLoader());
	}

	static SeparateClassPath whole() {
		return new SeparateClassPath((entry) -> true);
	}

	static SeparateClassPath withoutHindspan() {
		return new SeparateClassPath((entry) -> !entry.equals(HINDSPAN));
	}

	/**
	 * The class path without the libraries whose file names begin with one of these.
	 */
	static SeparateClassPath without(String... names) {
		return new SeparateClassPath((entry) -> !beginsWith(entry, names));
	}

	/**
	 * Hindspan and the tests, with only the libraries whose file names begin with one of
	 * these.
	 */
	static SeparateClassPath withOnly(String... names) {
		return new SeparateClassPath((entry) -> ALWAYS.contains(entry) || beginsWith(entry, names));
	}

	/**
	 * The entries of the class path of the tests.
	 */
	static Stream<Path> entries() {
		return Pattern.compile(Pattern.quote(File.pathSeparator))
			.splitAsStream(System.getProperty("java.class.path"))
			.map(Path::of);
	}

	/**
	 * Runs a scenario, which has nothing of the JVM's other classes but those of the JDK.
	 * @param scenario the class of the scenario, with a constructor without parameters
	 * @param args the arguments of its application
	 * @return what it tells, in classes of the JDK
	 */
	@SuppressWarnings("unchecked")
	Map<String, Object> run(Class<? extends Function<List<String>, Map<String, Object>>> scenario, String... args) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(this.loader);
		try {
			leaveTheJvmAlone();
			var constructor = this.loader.loadClass(scenario.getName()).getDeclaredConstructor();
			constructor.setAccessible(true);
			return ((Function<List<String>, Map<String, Object>>) constructor.newInstance()).apply(List.of(args));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	ClassLoader loader() {
		return this.loader;
	}

	@Override
	public void close() throws IOException {
		this.loader.close();
	}

	/**
	 * Keeps a Tomcat from what the JVM has only one of, and would keep all the classes
	 * for.
	 */
	private void leaveTheJvmAlone() throws ReflectiveOperationException {
		try {
			this.loader.loadClass("org.apache.catalina.webresources.TomcatURLStreamHandlerFactory")
				.getMethod("disable")
				.invoke(null);
		}
		catch (ClassNotFoundException ex) {
			// Then there is no Tomcat
		}
	}

	private static boolean beginsWith(Path entry, String... names) {
		String file = entry.getFileName().toString();
		return Stream.of(names).anyMatch(file::startsWith);
	}

	private static URL url(Path entry) {
		try {
			return entry.toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Path locationOf(Class<?> type) {
		return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
	}

}
