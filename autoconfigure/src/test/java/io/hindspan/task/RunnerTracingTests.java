package io.hindspan.task;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for runners at the application's start.
 */
class RunnerTracingTests {

	private OtlpReceiver receiver;

	@BeforeEach
	void start() {
		this.receiver = OtlpReceiver.start();
	}

	@AfterEach
	void stop() {
		this.receiver.close();
	}

	@Test
	void eachRunnerIsATraceNamedAfterItsBean() {
		try (ConfigurableApplicationContext context = start(Application.class)) {
			RecordedTrace trace = traceOf("importTasks");
			assertThat(trace).matchesTree(span("importTasks", SpanKind.INTERNAL).status(StatusCode.UNSET)
				.attribute("code.function.name", ImportTasks.class.getName() + ".run")
				.attribute("outcome", "SUCCESS")
				.with(span("read file")));
			assertThat(trace).span("importTasks").hasScope("io.hindspan.task");
			assertThat(traceOf("lambda")).span("lambda").hasNoAttribute("code.function.name");
			assertThat(traceOf("lambda").traceId()).isNotEqualTo(trace.traceId());
		}
	}

	@Test
	void runnersRunInTheirOrderWithTheirArguments() {
		try (ConfigurableApplicationContext context = start(Application.class, "--report=weekly")) {
			assertThat(context.getBean(Log.class).lines).containsExactly("final", "import [weekly]", "lambda");
			assertThat(context.getBean(ImportTasks.class)).isNotNull();
			assertThat(context.getBean(FinalRunner.class)).isNotNull();
		}
	}

	@Test
	void failureIsAnErrorAndStopsTheApplicationAsItDid() {
		assertThatThrownBy(() -> start(Failing.class)).hasStackTraceContaining("no such file");
		RecordedTrace trace = traceOf("failing");
		assertThat(trace).span("failing")
			.hasStatus(StatusCode.ERROR)
			.hasAttribute("outcome", "ERROR")
			.hasAttribute("error.type", IllegalStateException.class.getName())
			.hasException(IllegalStateException.class);
	}

	@Test
	void spansOfRunnersCanBeTurnedOff() {
		try (ConfigurableApplicationContext context = start(Application.class, "--hindspan.task.runner-spans=false")) {
			assertThat(this.receiver.awaitTrace((trace) -> trace.spans().size() == 1)).matchesTree(span("read file"));
		}
		assertThat(this.receiver.spans()).extracting(RecordedSpan::name).containsExactly("read file");
	}

	private RecordedTrace traceOf(String name) {
		return this.receiver.awaitTrace((trace) -> trace.spans().stream().anyMatch((span) -> span.name().equals(name)));
	}

	private ConfigurableApplicationContext start(Class<?> source, String... args) {
		return TracedApplication.start(this.receiver, WebApplicationType.NONE, source, args);
	}

	static class Log {

		private final List<String> lines = new ArrayList<>();

	}

	@Order(2)
	static class ImportTasks implements ApplicationRunner {

		private final ObservationRegistry registry;

		private final Log log;

		ImportTasks(ObservationRegistry registry, Log log) {
			this.registry = registry;
			this.log = log;
		}

		@Override
		public void run(ApplicationArguments args) {
			this.log.lines
				.add("import" + ((args.getOptionValues("report") != null) ? " " + args.getOptionValues("report") : ""));
			Observation.createNotStarted("read file", this.registry).observe(() -> {
			});
		}

	}

	@Order(1)
	record FinalRunner(Log log) implements CommandLineRunner {

		@Override
		public void run(String... args) {
			this.log.lines.add("final");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Log log() {
			return new Log();
		}

		@Bean
		ImportTasks importTasks(ObservationRegistry registry, Log log) {
			return new ImportTasks(registry, log);
		}

		@Bean
		FinalRunner finalRunner(Log log) {
			return new FinalRunner(log);
		}

		@Bean
		@Order(3)
		CommandLineRunner lambda(Log log) {
			return (args) -> log.lines.add("lambda");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Failing {

		@Bean
		ApplicationRunner failing() {
			return (args) -> {
				throw new IllegalStateException("no such file");
			};
		}

	}

}
