package io.hindspan;

import java.io.InputStream;
import java.util.List;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the configuration metadata that editors show.
 */
class ConfigurationMetadataTests {

	@Test
	void everyPropertyHasADescription() throws Exception {
		List<JsonNode> properties = properties();
		assertThat(properties).isNotEmpty()
			.allSatisfy((property) -> assertThat(property.path("description").asString(""))
				.as(property.path("name").asString())
				.isNotBlank());
	}

	private List<JsonNode> properties() throws Exception {
		try (InputStream metadata = ConfigurationMetadataTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			JsonNode tree = JsonMapper.shared().readTree(metadata);
			return StreamSupport.stream(tree.path("properties").spliterator(), false).toList();
		}
	}

}
