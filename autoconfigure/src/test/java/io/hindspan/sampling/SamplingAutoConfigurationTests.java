package io.hindspan.sampling;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;

import io.hindspan.propagation.TrustAutoConfiguration;
import io.hindspan.sampling.tail.OwnSamplerAutoConfiguration;
import io.hindspan.sampling.tail.TailSamplingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SamplingAutoConfiguration} and those beside it.
 */
@ExtendWith(OutputCaptureExtension.class)
class SamplingAutoConfigurationTests {

	private static final String NOTICE = "Tail sampling and hindspan.sampling.* are off";

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SamplingAutoConfiguration.class, StrategiesAutoConfiguration.class,
				TailSamplingAutoConfiguration.class, OwnSamplerAutoConfiguration.class, TrustAutoConfiguration.class,
				ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class))
		.withPropertyValues("spring.application.name=tasks");

	@ParameterizedTest
	@CsvSource({ "always-on, 0, true, true, true", "always-off, 1, false, false, false",
			"trace-id-ratio, 1, true, true, true", "trace-id-ratio, 0, false, false, false",
			"parent-based-always-on, 0, true, true, false", "parent-based-always-off, 1, false, true, false",
			"parent-based-trace-id-ratio, 1, true, true, false", "parent-based-trace-id-ratio, 0, false, true, false" })
	void eachOfSpringBootsSamplersDecidesAsItDoes(String sampler, String probability, boolean root,
			boolean underSampled, boolean underUnsampled) {
		for (boolean hindspans : new boolean[] { true, false }) {
			this.runner.withPropertyValues("management.opentelemetry.tracing.sampler=" + sampler,
					"management.tracing.sampling.probability=" + probability, "hindspan.sampling.enabled=" + hindspans)
				.run((context) -> {
					assertThat(context.getBean(Sampler.class) instanceof TraceSampler).isEqualTo(hindspans);
					assertThat(isSampled(context, Context.root())).isEqualTo(root);
					assertThat(isSampled(context, remote(true))).isEqualTo(underSampled);
					assertThat(isSampled(context, remote(false))).isEqualTo(underUnsampled);
				});
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "management.tracing.sampling.probability | 1.5 | a number from 0 to 1",
			"management.tracing.sampling.probability | -0.1 | a number from 0 to 1",
			"hindspan.sampling.rate | 0 | above 0", "hindspan.sampling.rate | -1 | above 0",
			"hindspan.sampling.rules[1].path | /a/*** | Use * within a segment",
			"hindspan.sampling.rules[1].path | tasks | Begin it with a slash",
			"hindspan.sampling.rules[1].destination | a{b | Use * within a segment",
			"hindspan.sampling.rules[1].header | =x | Begin it with a name",
			"hindspan.sampling.rules[1].probability | 1.5 | a number from 0 to 1",
			"hindspan.sampling.strategies.interval | -1s | a second or more",
			"hindspan.sampling.strategies.interval | 0s | a second or more",
			"hindspan.sampling.strategies.url | localhost:5778 | such as http://localhost:5778/sampling",
			"hindspan.sampling.strategies.url | ftp://localhost/sampling | such as http://localhost:5778/sampling",
			"hindspan.sampling.strategies.url | http:// | such as http://localhost:5778/sampling",
			"hindspan.sampling.strategies.file | HTTP://localhost:1/ | Set hindspan.sampling.strategies.url instead",
			"hindspan.sampling.strategies.url | grpc://localhost | or grpc://localhost:14250",
			"hindspan.sampling.strategies.url | grpc://localhost:14250/sampling | or grpc://localhost:14250",
			"hindspan.sampling.strategies.url | grpcs://localhost:14250?a=b | or grpc://localhost:14250",
			"hindspan.sampling.strategies.url | grpcs://me@localhost:14250 | or grpc://localhost:14250",
			"hindspan.sampling.strategies.url | grpc:localhost:14250 | or grpc://localhost:14250",
			"hindspan.sampling.strategies.url | dns://localhost:14250 | or grpc://localhost:14250",
			"hindspan.sampling.strategies.file | /none/strategies.json | 'default_strategy'" })
	void wrongValueFailsTheStartWithPropertyValueAndRemedy(String property, String value, String remedy) {
		this.runner
			.withPropertyValues("hindspan.sampling.rules[0].path=/payments/**",
					"hindspan.sampling.rules[0].probability=1",
					property.contains("rules[1].probability") ? "hindspan.sampling.rules[1].path=/x"
							: "hindspan.sampling.rules[1].probability=1",
					property + "=" + value)
			.run((context) -> assertThat(failure(context)).contains(property)
				.containsAnyOf(value, "PT-1S", "PT0S", "0.0", "-1.0")
				.contains(remedy));
	}

	@Test
	void ruleWithoutProbabilityFailsTheStart() {
		this.runner.withPropertyValues("hindspan.sampling.rules[0].path=/x")
			.run((context) -> assertThat(failure(context)).contains("hindspan.sampling.rules[0].probability"));
	}

	@Test
	void fileAndUrlTogetherFailTheStart() throws IOException {
		this.runner
			.withPropertyValues("hindspan.sampling.strategies.file=" + file("{}"),
					"hindspan.sampling.strategies.url=http://localhost:5778/sampling")
			.run((context) -> assertThat(failure(context)).contains("hindspan.sampling.strategies.file",
					"strategies.json", "Remove it or hindspan.sampling.strategies.url"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "{\"default_strategy\": {\"type\": \"sometimes\", \"param\": 1}}",
			"{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": 1.5}}" })
	void brokenFileFailsTheStart(String text) throws IOException {
		this.runner.withPropertyValues("hindspan.sampling.strategies.file=" + file(text))
			.run((context) -> assertThat(failure(context)).contains("hindspan.sampling.strategies.file",
					"strategies.json", "'default_strategy' or 'service_strategies'"));
	}

	@Test
	void strategiesOfAFileGoAfterRulesAndBeforeTheProbability() throws IOException {
		String text = """
				{"service_strategies": [{"service": "tasks", "type": "probabilistic", "param": 1, "operation_strategies": [
				  {"operation": "GET /tasks/{id}", "type": "probabilistic", "param": 0}]}]}""";
		this.runner
			.withPropertyValues("hindspan.sampling.strategies.file=" + file(text),
					"management.tracing.sampling.probability=0", "hindspan.sampling.rules[0].path=/tasks/1",
					"hindspan.sampling.rules[0].probability=1")
			.run((context) -> {
				assertThat(isSampled(context, "GET", "/tasks/17")).isFalse();
				assertThat(isSampled(context, "POST", "/tasks/17")).isTrue();
				assertThat(isSampled(context, "GET", "/tasks/1")).isTrue();
			});
		this.runner
			.withPropertyValues("hindspan.sampling.strategies.file=file:" + file(text), "spring.application.name=other",
					"management.tracing.sampling.probability=0")
			.run((context) -> assertThat(isSampled(context, "POST", "/tasks/17")).isFalse());
	}

	@Test
	void strategiesOfAnEndpointHoldOnceItHasAnswered() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/sampling", (exchange) -> {
			byte[] answer = "{\"probabilisticSampling\":{\"samplingRate\":1}}".getBytes();
			exchange.sendResponseHeaders("service=tasks".equals(exchange.getRequestURI().getQuery()) ? 200 : 404,
					answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		try {
			this.runner
				.withPropertyValues("hindspan.sampling.strategies.url=http://localhost:" + server.getAddress().getPort()
						+ "/sampling", "management.tracing.sampling.probability=0")
				.run((context) -> {
					assertThat(isSampled(context, Context.root())).isFalse();
					server.start();
					Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> isSampled(context, Context.root()));
				});
		}
		finally {
			server.stop(0);
		}
	}

	@ParameterizedTest
	@CsvSource({ "io.grpc, grpc", "io.grpc.stub, grpcs", "com.google.protobuf, grpc" })
	void grpcUrlWithoutTheLibraryFailsTheStart(String library, String scheme) {
		String url = scheme + "://localhost:14250";
		this.runner.withClassLoader(new FilteredClassLoader(library))
			.withPropertyValues("hindspan.sampling.strategies.url=" + url)
			.run((context) -> assertThat(failure(context)).contains("hindspan.sampling.strategies.url", url,
					"org.springframework.boot:spring-boot-starter-grpc-client"));
		this.runner.withClassLoader(new FilteredClassLoader(library))
			.withPropertyValues("hindspan.sampling.strategies.url=http://localhost:5778/sampling")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(CurrentStrategies.class));
	}

	@Test
	void applicationsOwnSamplerIsUsedAndTailSamplingIsOff(CapturedOutput output) {
		this.runner.withUserConfiguration(OwnSampler.class).run((context) -> {
			assertThat(context).hasSingleBean(Sampler.class)
				.doesNotHaveBean(TraceSampler.class)
				.doesNotHaveBean(UnsampledTraces.class);
			assertThat(isSampled(context, remote(true))).isFalse();
			assertThat(output).containsOnlyOnce(NOTICE).contains("'ownSampler'");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "hindspan.enabled", "hindspan.sampling.enabled", "hindspan.sampling.tail.enabled" })
	void nothingIsSaidOfAnOwnSamplerWhereTailSamplingIsOff(String property, CapturedOutput output) {
		this.runner.withUserConfiguration(OwnSampler.class)
			.withPropertyValues(property + "=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(NOTICE);
	}

	@Test
	void samplerOfACustomizerIsUsedAndThatIsSaid(CapturedOutput output) {
		this.runner
			.withBean(SdkTracerProviderBuilderCustomizer.class,
					() -> (builder) -> builder.setSampler(Sampler.alwaysOn()))
			.withPropertyValues("management.tracing.sampling.probability=0")
			.run((context) -> {
				Span span = context.getBean(OpenTelemetry.class).getTracer("test").spanBuilder("root").startSpan();
				assertThat(span.getSpanContext().isSampled()).isTrue();
				assertThat(output).contains(NOTICE).contains("'AlwaysOnSampler'");
			});
	}

	@Test
	void nothingIsSaidWithoutAnOwnSampler(CapturedOutput output) {
		this.runner.run((context) -> assertThat(context).hasSingleBean(UnsampledTraces.class)
			.getBean(Sampler.class)
			.isInstanceOf(TraceSampler.class));
		assertThat(output).doesNotContain(NOTICE);
	}

	@Test
	void traceHasRandomnessOfItsOwnUnderAnOwnIdGenerator() {
		this.runner.withPropertyValues("management.tracing.sampling.probability=0.5")
			.withUserConfiguration(CountingIds.class)
			.run((context) -> {
				List<SpanContext> roots = new ArrayList<>();
				for (int i = 0; i < 200; i++) {
					roots.add(span(context, Context.root(), "GET", "/tasks"));
				}
				assertThat(roots).allSatisfy((root) -> assertThat(root.getTraceState().get("ot"))
					.matches(root.isSampled() ? "th:8;rv:[89a-f][0-9a-f]{13}" : "rv:[0-7][0-9a-f]{13}"));
				// One of either would be the case once in 2^200
				assertThat(roots).extracting(SpanContext::isSampled).contains(true, false);
			});
	}

	@Test
	void traceIdsOfTheSdkNeedNoRandomnessBeside() {
		this.runner.withPropertyValues("management.tracing.sampling.probability=1")
			.run((context) -> assertThat(span(context, Context.root(), "GET", "/tasks").getTraceState().get("ot"))
				.isEqualTo("th:0"));
	}

	@Test
	void backsOffWithoutTheSdk() {
		this.runner.withClassLoader(new FilteredClassLoader(Sampler.class))
			.run((context) -> assertThat(context).doesNotHaveBean("traceSampler")
				.doesNotHaveBean("samplingStrategiesOfFile"));
	}

	private static boolean isSampled(AssertableApplicationContext context, Context parent) {
		return span(context, parent, "GET", "/tasks").isSampled();
	}

	private static boolean isSampled(AssertableApplicationContext context, String method, String path) {
		return span(context, Context.root(), method, path).isSampled();
	}

	private static SpanContext span(AssertableApplicationContext context, Context parent, String method, String path) {
		Span span = context.getBean(OpenTelemetry.class)
			.getTracer("test")
			.spanBuilder(method)
			.setParent(parent)
			.setSpanKind(SpanKind.SERVER)
			.setAttribute("http.request.method", method)
			.setAttribute("url.path", path)
			.startSpan();
		span.end();
		return span.getSpanContext();
	}

	private static Context remote(boolean sampled) {
		return Context.root()
			.with(Span.wrap(SpanContext.createFromRemoteParent("11111111111111111111111111111111", "1111111111111111",
					sampled ? TraceFlags.getSampled() : TraceFlags.getDefault(), TraceState.getDefault())));
	}

	private Path file(String text) throws IOException {
		return Files.writeString(this.directory.resolve("strategies.json"), text);
	}

	/**
	 * What is shown in the place of the stack trace.
	 */
	private static String failure(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		Throwable failure = context.getStartupFailure();
		for (FailureAnalyzer analyzer : SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, cause) -> {
			}))) {
			FailureAnalysis analysis = analyzer.analyze(failure);
			if (analysis != null) {
				return analysis.getDescription() + "\n" + analysis.getAction();
			}
		}
		throw new AssertionError("nothing is shown of it", failure);
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSampler {

		@Bean
		Sampler ownSampler() {
			return Sampler.alwaysOff();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CountingIds {

		@Bean
		SdkTracerProviderBuilderCustomizer countingIds() {
			return (builder) -> builder.setIdGenerator(new IdGenerator() {

				private long count;

				@Override
				public String generateSpanId() {
					return IdGenerator.random().generateSpanId();
				}

				@Override
				public String generateTraceId() {
					return String.format("%032x", ++this.count);
				}

			});
		}

	}

}
