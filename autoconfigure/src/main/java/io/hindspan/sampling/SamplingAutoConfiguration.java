package io.hindspan.sampling;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.hindspan.core.ConditionalOnHindspan;

/**
 * Puts Hindspan's sampler in the place of Spring Boot's, under Spring Boot's own
 * properties. Backs off where the application has a sampler of its own.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass(Sampler.class)
@ConditionalOnEnabledOpenTelemetry
@ConditionalOnHindspan("sampling")
@ConditionalOnMissingBean(Sampler.class)
@EnableConfigurationProperties({ SamplingProperties.class, OpenTelemetryTracingProperties.class,
		TracingProperties.class })
public final class SamplingAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(SamplingAutoConfiguration.class);

	private static final String PROBABILITY = "management.tracing.sampling.probability";

	@Bean
	TraceSampler traceSampler(OpenTelemetryTracingProperties kind, TracingProperties tracing,
			SamplingProperties properties, ObjectProvider<CurrentStrategies> strategies,
			ObjectProvider<UnsampledTraces> unsampled, KeptSpans kept) {
		HeadSampling head = switch (kind.getSampler()) {
			case ALWAYS_ON, PARENT_BASED_ALWAYS_ON -> FixedProbability.of(1);
			case ALWAYS_OFF, PARENT_BASED_ALWAYS_OFF -> FixedProbability.of(0);
			case TRACE_ID_RATIO, PARENT_BASED_TRACE_ID_RATIO ->
				configured(properties, strategies.getIfAvailable(), probability(tracing));
		};
		boolean followsParent = switch (kind.getSampler()) {
			case ALWAYS_ON, ALWAYS_OFF, TRACE_ID_RATIO -> false;
			case PARENT_BASED_ALWAYS_ON, PARENT_BASED_ALWAYS_OFF, PARENT_BASED_TRACE_ID_RATIO -> true;
		};
		return new TraceSampler(head, followsParent, unsampled.getIfAvailable(() -> UnsampledTraces.DROPPED),
				new Folding(properties.maxRepeatedSpans(), new SampledTraces(kept)));
	}

	/**
	 * Says at the start that another sampler decides than the one that is a bean.
	 */
	@Bean
	SmartInitializingSingleton customizedSamplerNotice(TraceSampler sampler,
			ObjectProvider<SdkTracerProvider> provider) {
		return () -> provider.ifUnique((created) -> {
			if (created.getSampler() != sampler) {
				logger
					.info("Tail sampling and hindspan.sampling.* are off: the sampler '{}', which a customizer of the "
							+ "SdkTracerProvider has set, decides.", created.getSampler().getDescription());
			}
		});
	}

	@Bean
	@Conditional(OnRuleHeaders.class)
	RuleHeaders samplingRuleHeaders(SamplingProperties properties) {
		return new RuleHeaders(properties.headers());
	}

	@Bean
	KeptSpans keptSpans(ObjectProvider<BatchSpanProcessor> batches, ObjectProvider<SimpleSpanProcessor> simple) {
		List<SpanProcessor> exporting = new ArrayList<>();
		batches.orderedStream().forEach(exporting::add);
		simple.orderedStream().forEach(exporting::add);
		return new KeptSpans(exporting);
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	FoldingProcessor foldingProcessor() {
		return new FoldingProcessor();
	}

	private static HeadSampling configured(SamplingProperties properties, @Nullable CurrentStrategies strategies,
			double probability) {
		HeadSampling rest = (properties.rate() != null) ? new AdaptiveRate(properties.rate(), System::nanoTime)
				: FixedProbability.of(probability);
		HeadSampling next = (strategies != null) ? new FirstToSay(strategies, rest) : rest;
		return properties.rules().isEmpty() ? next : new SamplingRules(properties.compiledRules(), next);
	}

	/**
	 * As it was written: a float in a double has digits that nobody wrote.
	 */
	private static double probability(TracingProperties properties) {
		float probability = properties.getSampling().getProbability();
		if (!(probability >= 0 && probability <= 1)) {
			throw new InvalidConfigurationPropertyValueException(PROBABILITY, probability,
					"Set it to a number from 0 to 1, such as 0.1 for every tenth trace.");
		}
		return Double.parseDouble(Float.toString(probability));
	}

	/**
	 * Whether a rule asks for a header.
	 */
	static final class OnRuleHeaders extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			SamplingProperties properties = Binder.get(context.getEnvironment())
				.bindOrCreate("hindspan.sampling", SamplingProperties.class);
			ConditionMessage.Builder message = ConditionMessage.forCondition("hindspan.sampling.rules");
			return properties.headers().isEmpty()
					? ConditionOutcome.noMatch(message.because("no rule asks for a header"))
					: ConditionOutcome.match(message.because("rules ask for " + properties.headers()));
		}

	}

	/**
	 * Meters, where the application has any.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		SamplingMeters samplingMeters(TraceSampler sampler) {
			return new SamplingMeters(sampler);
		}

	}

}
