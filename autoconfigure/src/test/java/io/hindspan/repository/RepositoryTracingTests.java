package io.hindspan.repository;

import java.util.Optional;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the calls of repositories.
 */
class RepositoryTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private Notes start(String... args) {
		String[] all = new String[args.length + 3];
		all[0] = "--spring.autoconfigure.exclude=";
		all[1] = "--spring.datasource.url=jdbc:h2:mem:repositories";
		all[2] = "--spring.jpa.hibernate.ddl-auto=create";
		System.arraycopy(args, 0, all, 3, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, all);
		return this.context.getBean(Notes.class);
	}

	@Test
	void callIsNoSpanByDefault() {
		Notes notes = start();
		assertThat(traced(() -> notes.findByText("none")))
			.matchesTree(span("caller", SpanKind.INTERNAL).with(span("SELECT notes", SpanKind.CLIENT)));
	}

	@Test
	void callIsASpanOnDemand() {
		Notes notes = start("--hindspan.repository.enabled=true");
		RecordedTrace trace = traced(() -> notes.findByText("none"));
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL)
			.with(span("Notes.findByText", SpanKind.INTERNAL).with(span("SELECT notes", SpanKind.CLIENT))));
		assertThat(trace.span("Notes.findByText")).hasScope("io.hindspan.repository")
			.hasAttribute("code.function.name", Notes.class.getName() + ".findByText");
		assertThat(traced(() -> assertThat(notes.toString()).isNotEmpty())).hasSpanCount(1);
	}

	@Test
	void failureOfACommitIsTheCallsError() {
		Notes notes = start("--hindspan.repository.enabled=true");
		RecordedTrace trace = traced(() -> assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> notes.saveAndFlush(new Note())));
		assertThat(trace.span("Notes.saveAndFlush")).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", DataIntegrityViolationException.class.getName());
	}

	private RecordedTrace traced(Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> !trace.spans("caller").isEmpty());
	}

	interface Notes extends JpaRepository<Note, Long> {

		Optional<Note> findByText(String text);

	}

	@Entity(name = "notes")
	static class Note {

		@Id
		@GeneratedValue
		private Long id;

		@jakarta.persistence.Column(nullable = false)
		private String text;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Note.class)
	@EnableJpaRepositories(considerNestedRepositories = true)
	static class Application {

	}

}
