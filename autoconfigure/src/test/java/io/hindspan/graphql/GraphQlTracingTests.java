package io.hindspan.graphql;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the observations that Spring for GraphQL makes itself.
 */
class GraphQlTracingTests {

	private static final String SCHEMA = """
			type Query { task(id: ID!): String failing: String }
			type Mutation { rename(title: String!): String }
			""";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@BeforeEach
	void start() {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.SERVLET, Application.class,
				"--hindspan.test.technologies=graphql");
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	@Test
	void queryIsBeneathItsRequestAndItsFieldsBeneathIt() throws Exception {
		HttpResponse<String> response = post("query Report { task(id: 17) }");
		assertThat(response.body()).contains("task 17");
		RecordedTrace trace = trace(response, 4);
		assertThat(trace)
			.matchesTree(span("POST /graphql", SpanKind.SERVER).with(span("graphql query", SpanKind.INTERNAL)
				.with(span("graphql field task", SpanKind.INTERNAL).with(span("work", SpanKind.INTERNAL)))));
		assertThat(trace.span("graphql query")).hasScope("io.hindspan")
			.hasStatus(StatusCode.UNSET)
			.hasAttribute("graphql.operation.type", "query")
			.hasAttribute("graphql.outcome", "SUCCESS");
	}

	@Test
	void mutationIsNamedSo() throws Exception {
		RecordedTrace trace = trace(post("mutation { rename(title: \\\"Report\\\") }"), 3);
		assertThat(trace.span("graphql mutation")).hasAttribute("graphql.operation.type", "mutation");
	}

	@Test
	void exceptionOfAFieldIsToldOnceWhereItHappened() throws Exception {
		RecordedTrace trace = trace(post("{ failing }"), 3);
		RecordedSpan field = trace.span("graphql field failing");
		assertThat(field).hasStatus(StatusCode.ERROR).hasAttribute("error.type", IllegalStateException.class.getName());
		assertThat(field.event("exception")).isPresent();
		assertThat(trace.span("graphql query")).hasStatus(StatusCode.UNSET)
			.hasAttribute("graphql.outcome", "INTERNAL_ERROR");
		assertThat(trace.span("graphql query").event("exception")).isEmpty();
	}

	private RecordedTrace trace(HttpResponse<String> response, int spans) {
		return this.receiver.awaitTrace(response.headers().firstValue("X-Trace-Id").orElseThrow(), spans);
	}

	private HttpResponse<String> post(String query) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest
				.newBuilder(URI.create("http://localhost:" + TracedApplication.port(this.context) + "/graphql"))
				.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString("{\"query\": \"" + query + "\"}"))
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Tasks.class)
	static class Application {

		@Bean
		GraphQlSourceBuilderCustomizer schema() {
			return (builder) -> builder.schemaResources(new ByteArrayResource(SCHEMA.getBytes(StandardCharsets.UTF_8)));
		}

	}

	@Controller
	static class Tasks {

		@QueryMapping
		String task(@Argument String id) {
			return CurrentSpan.child("work", () -> "task " + id);
		}

		@QueryMapping
		String failing() {
			throw new IllegalStateException("failed");
		}

		@MutationMapping
		String rename(@Argument String title) {
			return title;
		}

	}

}
