package io.hindspan.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.annotation.ObservationKeyValue;
import io.micrometer.observation.annotation.Observed;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the guard in an application, by what an OTLP receiver, the console and a
 * reporter of Micrometer get.
 */
@ExtendWith(OutputCaptureExtension.class)
class GuardAutoConfigurationTests {

	private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class));

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
	}

	private void start(Class<?> application, String... args) {
		List<String> all = new ArrayList<>(List.of("--hindspan.guard.enabled=true"));
		all.addAll(List.of(args));
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, application,
				all.toArray(String[]::new));
	}

	@Test
	void nothingThatIsReceivedHasASecret(CapturedOutput output) {
		start(Application.class, "--management.tracing.baggage.tag-fields=tenant",
				"--hindspan.export.console.enabled=true",
				"--management.opentelemetry.resource-attributes.owner=resource-secret@example.com");
		leak();
		this.receiver.awaitSpans(4);
		String received = received();
		assertThat(received).doesNotContain("-secret")
			.doesNotContain("4111")
			.contains("<email:32>", "<card:16>", "<secret:16>", "<value:16>", "<jwt:64>");
		assertThat(this.context.getBean(Reported.class).text).isNotEmpty()
			.allSatisfy((text) -> assertThat(text).doesNotContain("-secret").doesNotContain("4111"));
		this.context.close();
		assertThat(output.getOut()).contains("mail to <email:32>").doesNotContain("name-secret", "status-secret");
	}

	@Test
	void maskedPartsAreCounted() {
		start(Application.class, "--management.tracing.baggage.tag-fields=tenant");
		leak();
		this.receiver.awaitSpans(4);
		MeterRegistry meters = this.context.getBean(MeterRegistry.class);
		assertThat(meters.get("hindspan.guard.masked").tag("type", "email").functionCounter().count()).isGreaterThan(8);
		assertThat(meters.get("hindspan.guard.masked").tag("type", "card").functionCounter().count()).isEqualTo(1);
		assertThat(meters.get("hindspan.guard.names.folded").tag("to", "ids").functionCounter().count()).isZero();
		assertThat(meters.get("hindspan.guard.attributes.dropped").functionCounter().count()).isZero();
		assertThat(meters.get("hindspan.guard.attributes.exploded").gauge().value()).isZero();
	}

	@Test
	void namesThatExplodeAreFoldedAndSaidOnce(CapturedOutput output) {
		start(Application.class, "--hindspan.guard.max-span-names=10");
		for (int i = 0; i < 30; i++) {
			Observation.createNotStarted("task " + i, this.context.getBean(ObservationRegistry.class)).observe(() -> {
			});
		}
		assertThat(this.receiver.awaitSpans(30)).extracting(RecordedSpan::name)
			.contains("task 0", "task 9", "task {id}")
			.doesNotContain("task 10", "task 29");
		assertThat(output).containsOnlyOnce("more than 10 names of spans");
		assertThat(this.context.getBean(MeterRegistry.class)
			.get("hindspan.guard.names.folded")
			.tag("to", "ids")
			.functionCounter()
			.count()).isEqualTo(20);
	}

	@Test
	void isOffByProperty() {
		start(Application.class, "--hindspan.guard.enabled=false");
		leak();
		this.receiver.awaitSpans(4);
		assertThat(received()).contains("name-secret@example.com", "stack-secret@example.com");
		assertThat(this.context.getBeansOfType(SpanGuard.class)).isEmpty();
		assertThat(this.context.getBean(SpanLimits.class).getMaxAttributeValueLength()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void valuesAreBoundedUnlessTheApplicationSaysSo() {
		start(Application.class);
		Span span = this.context.getBean(OpenTelemetry.class).getTracer("own").spanBuilder("long").startSpan();
		span.setAttribute("text", "x ".repeat(1_000_000) + "\ud83d");
		span.end();
		RecordedSpan received = this.receiver.awaitSpans(1).get(0);
		assertThat(received.attribute("text").toString()).hasSizeBetween(32_000, 33_000).endsWith("<cut:32768>");
		this.context.close();
		start(Application.class, "--management.opentelemetry.tracing.limits.max-attribute-value-length=100");
		assertThat(this.context.getBean(SpanLimits.class).getMaxAttributeValueLength()).isEqualTo(100);
	}

	@Test
	void loneSurrogateArrives() {
		start(Application.class);
		Span span = this.context.getBean(OpenTelemetry.class).getTracer("own").spanBuilder("odd").startSpan();
		span.setAttribute("text", "a\ud83d john@example.com \ude00");
		span.end();
		assertThat(this.receiver.awaitSpans(1).get(0).attribute("text").toString()).contains("<email:16>");
	}

	@Test
	void spansWithoutSecretsShareOneResource() {
		start(WithoutReporter.class, "--management.opentelemetry.resource-attributes.owner=john@example.com",
				"--management.opentelemetry.tracing.export.schedule-delay=1h");
		for (int i = 0; i < 512; i++) {
			Observation
				.createNotStarted((i % 2 == 0) ? "task" : "john@example.com",
						this.context.getBean(ObservationRegistry.class))
				.observe(() -> {
				});
		}
		this.receiver.awaitSpans(512);
		assertThat(this.receiver.requests()).hasSize(1)
			.first()
			.satisfies((request) -> assertThat(request.resourceSpans()).hasSize(1)
				.allSatisfy((resource) -> assertThat(resource.getScopeSpansCount()).isEqualTo(1)));
		assertThat(received()).doesNotContain("john");
	}

	@Test
	void exportPastTheGuardIsSaid(CapturedOutput output) {
		start(WithoutReporter.class);
		assertThat(output).doesNotContain("Secrets are not masked");
		this.context.close();
		start(WithoutReporter.class, "--hindspan.export.enabled=false");
		assertThat(output).contains("Secrets are not masked in what [otelSpanProcessor] exports");
	}

	@Test
	void backsOffWhereHindspanOrOpenTelemetryIsOff() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(SpanGuard.class));
		this.runner.withPropertyValues("hindspan.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SpanGuard.class));
		this.runner.withPropertyValues("management.opentelemetry.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SpanGuard.class));
	}

	@Test
	void isAbsentWithoutTheSdkAndWithoutMetersIfThereAreNone() {
		this.runner.withClassLoader(new FilteredClassLoader(SpanData.class))
			.run((context) -> assertThat(context).doesNotHaveBean("spanGuard"));
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasSingleBean(SpanGuard.class).doesNotHaveBean("guardMeters"));
	}

	@ParameterizedTest
	@CsvSource({ "patterns[0].pattern,KD-[0-9]+,patterns[0].name", "patterns[0].name,kd,patterns[0].pattern",
			"max-span-names,-1,max-span-names", "max-span-names,1000000,max-span-names",
			"max-attribute-values,-1,max-attribute-values", "max-attribute-values,20001,max-attribute-values",
			"keys,*,keys[0]", "allowed-keys,*.*,allowed-keys[0]" })
	void wrongValueFailsStartUp(String property, String value, String named) {
		this.runner.withPropertyValues("hindspan.guard." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (failure) -> {
					assertThat(failure.getName()).isEqualTo("hindspan.guard." + named);
					assertThat(failure.getReason()).isNotBlank();
				}));
	}

	@ParameterizedTest
	@CsvSource({ "x,KD-[0-9,pattern", "x,[0-9]*,pattern", "Two words,x,name", "same,x,name" })
	void wrongPatternFailsStartUp(String name, String pattern, String named) {
		this.runner
			.withPropertyValues("hindspan.guard.patterns[0].name=same", "hindspan.guard.patterns[0].pattern=a",
					"hindspan.guard.patterns[1].name=" + name, "hindspan.guard.patterns[1].pattern=" + pattern)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(failure) -> assertThat(failure.getName()).isEqualTo("hindspan.guard.patterns[1]." + named)));
	}

	/**
	 * Writes a secret into each place of a span. Each of them has {@code -secret} in it.
	 */
	private void leak() {
		ObservationRegistry registry = this.context.getBean(ObservationRegistry.class);
		ReceiverContext<Map<String, String>> message = new ReceiverContext<>((carrier, key) -> carrier.get(key),
				Kind.CONSUMER);
		message.setCarrier(Map.of("traceparent", TRACEPARENT, "baggage", "tenant=baggage-secret%40example.com"));
		Observation.createNotStarted("mail to name-secret@example.com", () -> message, registry).observe(() -> {
			this.context.getBean(Tasks.class).create("argument-secret@example.com");
			CurrentSpan.attribute("note", "attribute-secret@example.com");
			CurrentSpan.attribute("card", 4111_1111_1111_1111L);
			CurrentSpan.attribute("db.password", "password-secret");
			CurrentSpan.attribute("list", List.of("ok", "https://x:list-secret@example.com/"));
			CurrentSpan.event("event-secret@example.com", Map.of("url", "/tasks?q=parameter-secret"));
		});
		Observation failed = Observation.start("failing", registry);
		failed.error(new IllegalStateException("no stack-secret@example.com",
				new IllegalArgumentException("password='cause-secret'")));
		failed.stop();
		SpanContext linked = SpanContext.create("0af7651916cd43dd8448eb211c80319d", "b7ad6b7169203332",
				TraceFlags.getSampled(), TraceState.builder().put("v", "link-secret@example.com").build());
		Span span = this.context.getBean(OpenTelemetry.class)
			.getTracerProvider()
			.tracerBuilder("scope-secret@example.com")
			.build()
			.spanBuilder("own")
			.addLink(linked, Attributes.of(AttributeKey.stringKey("link"), "link-secret@example.com"))
			.startSpan();
		span.setAttribute("db.statement", "select * from users where name = 'literal-secret'");
		span.setAttribute("token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqd3Qtc2VjcmV0In0.c2ln");
		span.setAttribute("text", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqd3Qtc2VjcmV0In0.c2ln");
		span.setStatus(StatusCode.ERROR, "no status-secret@example.com");
		span.end();
	}

	private String received() {
		return this.receiver.requests()
			.stream()
			.map((request) -> request.resourceSpans().toString())
			.collect(Collectors.joining());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithoutReporter {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry simpleMeterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Tasks tasks() {
			return new Tasks();
		}

		@Bean
		Reported reported() {
			return new Reported();
		}

		@Bean
		SpanReporter reporter(Reported reported) {
			return (span) -> reported.text.add(span.getName() + span.getTags() + span.getEvents());
		}

	}

	static class Reported {

		final List<String> text = new CopyOnWriteArrayList<>();

	}

	static class Tasks {

		@Observed
		public String create(@ObservationKeyValue("task.owner") String owner) {
			return owner;
		}

	}

}
