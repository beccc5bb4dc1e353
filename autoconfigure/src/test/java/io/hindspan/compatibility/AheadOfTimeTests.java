package io.hindspan.compatibility;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an application can be processed ahead of time, and that what comes of it is
 * traced as ever.
 */
class AheadOfTimeTests {

	@TempDir
	private Path directory;

	@Test
	void processedApplicationIsTraced() throws Exception {
		Path classes = this.directory.resolve("classes");
		try (OtlpReceiver receiver = OtlpReceiver.start()) {
			process(receiver, classes);
			try (TasksProcess tasks = new TasksProcess(this.directory, receiver,
					List.of(classes, this.directory.resolve("resources")), "-Dspring.aot.enabled=true")) {
				HttpResponse<String> response = tasks.get(tasks.awaitPort(0), "/tasks/17");
				assertThat(response.statusCode()).as(tasks::log).isEqualTo(200);
				assertThat(tasks.log()).contains("Starting AOT-processed TasksMain");
				String traceId = response.headers().firstValue("X-Trace-Id").orElseThrow();
				RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.traceId().equals(traceId)
						&& candidate.spans((span) -> span.name().equals("GET /tasks/{id}")).size() == 1);
				assertThat(trace.spans()).extracting(RecordedSpan::name).contains("work", "GET /echo/{id}");
			}
		}
	}

	private void process(OtlpReceiver receiver, Path classes) throws IOException {
		Path sources = this.directory.resolve("sources");
		Settings settings = Settings.builder()
			.sourceOutput(sources)
			.resourceOutput(this.directory.resolve("resources"))
			.classOutput(classes)
			.groupId("io.hindspan")
			.artifactId("tasks")
			.build();
		new SpringApplicationAotProcessor(TasksMain.class, settings,
				TasksProcess.arguments(receiver).toArray(String[]::new))
			.process();
		compile(sources, classes);
	}

	private void compile(Path sources, Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				Stream<Path> generated = Files.walk(sources)) {
			List<Path> units = generated.filter((file) -> file.toString().endsWith(".java")).toList();
			List<String> options = List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-cp",
					System.getProperty("java.class.path") + File.pathSeparator + classes);
			Files.createDirectories(classes);
			assertThat(compiler.getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(units))
				.call()).as(messages::toString).isTrue();
		}
	}

}
