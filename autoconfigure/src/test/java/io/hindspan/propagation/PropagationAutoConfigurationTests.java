package io.hindspan.propagation;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import io.micrometer.tracing.BaggageInScope;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PropagationAutoConfiguration}.
 */
class PropagationAutoConfigurationTests {

	private static final String VALID = "00-11111111111111111111111111111111-1111111111111111-01";

	private static final String B3 = "22222222222222222222222222222222-2222222222222222-1";

	private static final ContextKey<String> CUSTOM = ContextKey.named("custom");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PropagationAutoConfiguration.class, SpanTracingAutoConfiguration.class,
				ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class));

	@Test
	void contributesPropagators() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(ContextPropagators.class);
			assertThat(propagator(context)).isInstanceOf(PropagatorChain.class);
			assertThat(context.getBean(OpenTelemetry.class).getPropagators())
				.isSameAs(context.getBean(ContextPropagators.class));
			assertThat(extract(context, Headers.of("traceparent", VALID)).isValid()).isTrue();
			assertThat(extract(context, Headers.of("traceparent", VALID, "traceparent", VALID)).isValid()).isFalse();
			assertThat(extract(context, Headers.of("baggage", "key=value", "b3", B3)).isValid()).isTrue();
		});
	}

	@Test
	void readsAndWritesFormatsThatSpringBootDoesNotKnow() {
		this.runner.withPropertyValues("hindspan.propagation.consume=jaeger,xray", "hindspan.propagation.produce=xray")
			.run((context) -> {
				assertThat(extract(context, Headers.of("uber-trace-id", "5:6:0:1")).isValid()).isTrue();
				assertThat(extract(context,
						Headers.of("X-Amzn-Trace-Id",
								"Root=1-66666666-666666666666666666666666;Parent=6666666666666666;Sampled=1"))
					.isValid()).isTrue();
				assertThat(propagator(context).fields()).contains("uber-trace-id", "X-Amzn-Trace-Id");
			});
	}

	@Test
	void writesBaggageOnSpansOnlyIfToldTo() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(BaggageAttributes.class));
		this.runner.withPropertyValues("management.tracing.baggage.tag-fields=tenant")
			.run((context) -> assertThat(context).hasSingleBean(BaggageAttributes.class));
		this.runner
			.withPropertyValues("management.tracing.baggage.tag-fields=tenant",
					"management.tracing.baggage.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(BaggageAttributes.class));
	}

	@Test
	void formatThatNobodyKnowsFailsTheStart() {
		this.runner.withPropertyValues("hindspan.propagation.consume=zipkin")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("zipkin")
				.hasMessageContaining("Format"));
	}

	@Test
	void takesThePlaceOfSpringBootsPropagator() {
		this.runner.withUserConfiguration(EarlyPropagatorConfiguration.class)
			.run((context) -> assertThat(propagator(context).fields()).startsWith("x-custom", "traceparent")
				.doesNotHaveDuplicates());
		this.runner.withUserConfiguration(EarlyPropagatorConfiguration.class).run((context) -> {
			TextMapPropagator springBoots = context.getBean("textMapPropagatorWithBaggage", TextMapPropagator.class);
			assertThat(springBoots.getClass().getPackage())
				.isSameAs(OpenTelemetryTracingAutoConfiguration.class.getPackage());
			assertThat(inject(context).values("traceparent")).hasSize(1);
		});
	}

	@Test
	void asksPropagatorsOfTheApplicationToo() {
		this.runner.withUserConfiguration(CustomPropagatorConfiguration.class).run((context) -> {
			Context extracted = propagator(context).extract(Context.root(),
					Headers.of("traceparent", VALID, "x-custom", "1"), Headers.GETTER);
			assertThat(extracted.get(CUSTOM)).isEqualTo("1");
			assertThat(Span.fromContext(extracted).getSpanContext().isValid()).isTrue();
			assertThat(inject(context).names()).contains("x-custom", "traceparent");
		});
	}

	@Test
	void backsOffFromPropagatorsOfTheApplication() {
		this.runner.withUserConfiguration(CustomContextPropagatorsConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(ContextPropagators.class);
			assertThat(inject(context).names()).containsExactly("x-custom");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "hindspan.enabled=false", "hindspan.propagation.enabled=false" })
	void leavesPropagationToSpringBootIfItIsOff(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context).hasBean("otelContextPropagators").hasSingleBean(ContextPropagators.class);
			assertThat(extract(context, Headers.of("traceparent", VALID, "traceparent", VALID)).isValid()).isTrue();
		});
	}

	@Test
	void isAbsentWithoutOpenTelemetry() {
		this.runner.withClassLoader(new FilteredClassLoader("io.opentelemetry"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(PropagationAutoConfiguration.class)
				.doesNotHaveBean("propagationContextPropagators"));
	}

	@Test
	void propagatesWithoutExport() {
		this.runner.withPropertyValues("management.tracing.export.enabled=false").run((context) -> {
			assertThat(extract(context, Headers.of("b3", B3)).isValid()).isTrue();
			assertThat(inject(context).values("traceparent")).containsExactly(VALID);
		});
		this.runner.withPropertyValues("management.tracing.export.enabled=false")
			.withUserConfiguration(CustomPropagatorConfiguration.class)
			.run((context) -> assertThat(inject(context).names()).contains("x-custom", "traceparent"));
	}

	@Test
	void propagatesWithoutSdk() {
		this.runner.withPropertyValues("management.opentelemetry.enabled=false")
			.run((context) -> assertThat(inject(context).values("traceparent")).containsExactly(VALID));
	}

	@Test
	void followsType() {
		this.runner.withPropertyValues("management.tracing.propagation.type=b3").run((context) -> {
			assertThat(inject(context).names()).containsExactly("b3");
			assertThat(extract(context, Headers.of("traceparent", VALID)).isValid()).isFalse();
		});
	}

	@Test
	void followsProduceAndConsume() {
		this.runner
			.withPropertyValues("management.tracing.propagation.produce=w3c,b3_multi",
					"management.tracing.propagation.consume=b3")
			.run((context) -> {
				assertThat(inject(context).names()).contains("traceparent", "X-B3-TraceId", "X-B3-SpanId");
				assertThat(extract(context, Headers.of("traceparent", VALID)).isValid()).isFalse();
				assertThat(extract(context, Headers.of("b3", B3)).isValid()).isTrue();
			});
	}

	@Test
	void propagatesNothingWithoutType() {
		this.runner
			.withPropertyValues("management.tracing.propagation.type=", "management.tracing.baggage.enabled=false")
			.run((context) -> {
				assertThat(inject(context).names()).isEmpty();
				assertThat(propagator(context).fields()).isEmpty();
			});
	}

	@Test
	void sendsBaggageInScope() {
		this.runner.withPropertyValues("management.tracing.baggage.remote-fields=x-tenant")
			.run((context) -> assertThat(sentInScopeOfBaggage(context)).containsEntry("x-tenant", "acme")
				.containsEntry("baggage", "x-tenant=acme;propagation=unlimited")
				.containsKey("traceparent"));
	}

	@Test
	void sendsNoBaggageIfItIsOff() {
		this.runner
			.withPropertyValues("management.tracing.baggage.remote-fields=x-tenant",
					"management.tracing.baggage.enabled=false")
			.run((context) -> assertThat(sentInScopeOfBaggage(context)).containsOnlyKeys("traceparent"));
	}

	private static Map<String, String> sentInScopeOfBaggage(AssertableApplicationContext context) {
		ObservationRegistry registry = context.getBean(ObservationRegistry.class);
		Tracer tracer = context.getBean(Tracer.class);
		Map<String, String> headers = new HashMap<>();
		Observation.createNotStarted("parent", registry).observe(() -> {
			try (BaggageInScope baggage = tracer.createBaggageInScope("x-tenant", "acme")) {
				SenderContext<Map<String, String>> sender = new SenderContext<>(
						(carrier, key, value) -> headers.put(key, value));
				sender.setCarrier(headers);
				Observation.createNotStarted("call", () -> sender, registry).observe(() -> {
				});
			}
		});
		return headers;
	}

	private static TextMapPropagator propagator(AssertableApplicationContext context) {
		return context.getBean(ContextPropagators.class).getTextMapPropagator();
	}

	private static SpanContext extract(AssertableApplicationContext context, Headers headers) {
		return Span.fromContext(propagator(context).extract(Context.root(), headers, Headers.GETTER)).getSpanContext();
	}

	private static Headers inject(AssertableApplicationContext context) {
		Headers headers = Headers.of();
		SpanContext spanContext = SpanContext.create("1".repeat(32), "1".repeat(16), TraceFlags.getSampled(),
				TraceState.getDefault());
		propagator(context).inject(Context.root().with(Span.wrap(spanContext)), headers, Headers.SETTER);
		return headers;
	}

	@Configuration(proxyBeanMethods = false)
	static class CustomPropagatorConfiguration {

		@Bean
		TextMapPropagator customPropagator() {
			return new CustomPropagator();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyPropagatorConfiguration {

		@Bean
		@Order(0)
		TextMapPropagator customPropagator() {
			return new CustomPropagator();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomContextPropagatorsConfiguration {

		@Bean
		ContextPropagators customContextPropagators() {
			return ContextPropagators.create(new CustomPropagator());
		}

	}

	private static final class CustomPropagator implements TextMapPropagator {

		@Override
		public Collection<String> fields() {
			return List.of("x-custom");
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
			setter.set(carrier, "x-custom", "1");
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			String value = getter.get(carrier, "x-custom");
			return (value != null) ? context.with(CUSTOM, value) : context;
		}

	}

}
