package io.hindspan.compatibility;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that structured logs tell the trace, where Spring Boot puts it.
 */
class StructuredLoggingTests {

	@ParameterizedTest
	@ValueSource(strings = { "ecs", "logstash" })
	void logTellsTheTrace(String format) throws IOException {
		try (SeparateClassPath classPath = SeparateClassPath.whole()) {
			Map<String, Object> facts = classPath.run(BehaviourScenario.class,
					"--management.tracing.sampling.probability=1", "--logging.structured.format.console=" + format);
			assertThat((List<?>) facts.get("log")).singleElement()
				.asString()
				.contains("\"message\":\"Reading task 17\"", "\"traceId\":\"" + BehaviourScenario.TRACE_ID + "\"",
						"\"spanId\":\"SPAN\"");
		}
	}

}
