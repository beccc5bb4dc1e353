package io.hindspan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the README's feature table against the folders, the auto-configurations and the
 * properties.
 */
class FeatureTableTests {

	private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|]+ \\| `(\\w+)` \\| `(hindspan\\.\\w+)` \\|");

	/** Folders that features use, and that are none themselves. */
	private static final List<String> TOOLS = List.of("analysis", "sql");

	@Test
	void everyFolderIsInTheTable() throws IOException {
		try (Stream<Path> entries = Files.list(Path.of("src/main/java/io/hindspan"))) {
			List<String> folders = entries.filter(Files::isDirectory)
				.map((folder) -> folder.getFileName().toString())
				.filter((folder) -> !TOOLS.contains(folder))
				.toList();
			assertThat(folders).containsExactlyInAnyOrderElementsOf(column(1));
		}
	}

	@Test
	void everyAutoConfigurationIsOfAFolderInTheTable() throws IOException {
		List<String> folders = autoConfigurations().map((name) -> name.split("\\."))
			.filter((parts) -> parts.length == 4)
			.map((parts) -> parts[2])
			.distinct()
			.toList();
		assertThat(folders).containsExactlyInAnyOrderElementsOf(column(1));
	}

	@Test
	void everySwitchIsInTheTable() throws IOException {
		List<String> switches = properties().stream()
			.filter((name) -> name.matches("hindspan\\.\\w+\\.enabled"))
			.map((name) -> name.substring(0, name.lastIndexOf('.')))
			.toList();
		assertThat(switches).containsExactlyInAnyOrderElementsOf(column(2));
	}

	@Test
	void everyPropertyIsOfAFeature() throws IOException {
		List<String> prefixes = column(2);
		assertThat(properties())
			.filteredOn((name) -> !List.of("hindspan.enabled", "hindspan.environment").contains(name))
			.allMatch((name) -> prefixes.stream().anyMatch((prefix) -> name.startsWith(prefix + ".")));
	}

	private static List<String> column(int column) throws IOException {
		return ROW.matcher(Files.readString(Path.of("../README.md")))
			.results()
			.map((MatchResult row) -> row.group(column))
			.toList();
	}

	private static Stream<String> autoConfigurations() {
		return StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, FeatureTableTests.class.getClassLoader())
				.spliterator(), false)
			.filter((name) -> name.startsWith("io.hindspan."));
	}

	private static List<String> properties() throws IOException {
		try (InputStream metadata = FeatureTableTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			JsonNode tree = JsonMapper.shared().readTree(metadata);
			return StreamSupport.stream(tree.path("properties").spliterator(), false)
				.map((property) -> property.path("name").asString())
				.toList();
		}
	}

}
