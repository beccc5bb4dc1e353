package io.hindspan.sampling;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of the head decision. Its kind and probability are Spring Boot's own
 * {@code management.opentelemetry.tracing.sampler} and
 * {@code management.tracing.sampling.probability}.
 *
 * @param enabled whether Hindspan's sampler takes the place of Spring Boot's
 * @param rate how many traces a second are sampled, whatever the load, in place of a
 * probability; if not set, the probability holds
 * @param maxRepeatedSpans how many spans of one name, beneath spans of one name, are kept
 * each for itself; further ones, such as a long loop makes, are folded into a summary
 * with the slowest of them. 0 keeps all
 * @param rules the rules, of which the first one that matches the begin of a trace counts
 */
@ConfigurationProperties("hindspan.sampling")
record SamplingProperties(@DefaultValue("true") boolean enabled, @Nullable Double rate,
		@DefaultValue("100") int maxRepeatedSpans, @DefaultValue List<Rule> rules) {

	private static final String PREFIX = "hindspan.sampling.";

	private static final double MAX_RATE = 1_000_000;

	SamplingProperties {
		if (rate != null && !(rate > 0 && rate <= MAX_RATE)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "rate", rate,
					"Set it to the number of traces to sample in a second, above 0, such as 5 or 0.5.");
		}
		if (maxRepeatedSpans < 0) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-repeated-spans", maxRepeatedSpans,
					"Set it to a number of spans such as 100, or to 0 to fold none.");
		}
	}

	/**
	 * The rules, compiled.
	 */
	List<SamplingRule> compiledRules() {
		return IntStream.range(0, this.rules.size())
			.mapToObj((index) -> this.rules.get(index).compile(PREFIX + "rules[" + index + "]."))
			.toList();
	}

	/**
	 * The names of the headers that rules ask for.
	 */
	List<String> headers() {
		return this.rules.stream().map(Rule::header).filter(Objects::nonNull).map(Rule::nameOf).distinct().toList();
	}

	/**
	 * A rule.
	 *
	 * @param path the pattern of the path of a request, such as /payments/**
	 * @param method the method of a request
	 * @param destination the pattern of the queue, topic or exchange of a message
	 * @param name the pattern of the name that the first span begins with
	 * @param kind the kind of the first span, such as server or consumer
	 * @param header the name of a header of the request, or its name, an equals sign and
	 * the pattern of its value
	 * @param baggage the name of an entry of the baggage, or its name, an equals sign and
	 * the pattern of its value
	 * @param probability the probability of what matches, from 0 to 1
	 */
	record Rule(@Nullable String path, @Nullable String method, @Nullable String destination, @Nullable String name,
			@Nullable SpanKind kind, @Nullable String header, @Nullable String baggage, @Nullable Double probability) {

		SamplingRule compile(String prefix) {
			if (this.probability == null || !(this.probability >= 0 && this.probability <= 1)) {
				throw new InvalidConfigurationPropertyValueException(prefix + "probability", this.probability,
						"Set it to a number from 0 to 1, such as 0.1 for every tenth trace.");
			}
			if (this.header != null && this.baggage != null) {
				throw new InvalidConfigurationPropertyValueException(prefix + "header", this.header,
						"A rule asks for a header or for baggage. Make two rules of it.");
			}
			PathPattern path = pattern(prefix + "path", this.path);
			if (this.path != null && !this.path.startsWith("/") && !this.path.startsWith("*")) {
				throw new InvalidConfigurationPropertyValueException(prefix + "path", this.path,
						"Begin it with a slash, as in /tasks/**.");
			}
			return new SamplingRule(path, this.method, pattern(prefix + "destination", this.destination),
					pattern(prefix + "name", this.name), this.kind, entry(prefix), Chance.of(this.probability, "rule"));
		}

		private SamplingRule.@Nullable Entry entry(String prefix) {
			String text = (this.header != null) ? this.header : this.baggage;
			if (text == null) {
				return null;
			}
			String property = prefix + ((this.header != null) ? "header" : "baggage");
			String name = nameOf(text);
			if (name.isEmpty()) {
				throw new InvalidConfigurationPropertyValueException(property, text,
						"Begin it with a name, as in tenant or tenant=acme.");
			}
			int equals = text.indexOf('=');
			PathPattern value = (equals >= 0) ? pattern(property, text.substring(equals + 1).trim()) : null;
			return new SamplingRule.Entry(name, value, this.header != null);
		}

		private static String nameOf(String entry) {
			int equals = entry.indexOf('=');
			return ((equals >= 0) ? entry.substring(0, equals) : entry).trim();
		}

		private static @Nullable PathPattern pattern(String property, @Nullable String text) {
			try {
				return (text != null) ? PathPattern.of(text) : null;
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidConfigurationPropertyValueException(property, text,
						"It " + ex.getMessage() + ". Use * within a segment, ** across segments and {name} for one.");
			}
		}

	}

}
