package io.hindspan.sampling.tail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import io.hindspan.sampling.PathPattern;

/**
 * The properties of tail sampling.
 *
 * @param enabled whether traces with an error, and slow ones, are kept although the
 * decision at their begin did not take them
 * @param slowThreshold from which duration on the part of a trace in this service is slow
 * @param slow other durations for certain routes, of which the first one that matches
 * counts
 * @param keep attributes, any one of which keeps a trace that has it on one of its spans
 * @param decisionWait how long spans may outlive the first span of their trace in this
 * service and still count for the decision
 * @param maxBufferSize how much memory the spans of undecided traces may hold
 * @param maxPromotions how many traces a second called services may have kept, by saying
 * in their responses that they keep their part
 */
@ConfigurationProperties("hindspan.sampling.tail")
record TailSamplingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("1s") Duration slowThreshold,
		@DefaultValue List<Slow> slow, @DefaultValue List<Keep> keep, @DefaultValue("5s") Duration decisionWait,
		@DefaultValue("32MB") DataSize maxBufferSize, @DefaultValue("100") int maxPromotions) {

	private static final String PREFIX = "hindspan.sampling.tail.";

	private static final int MAX_PROMOTIONS = 1_000_000;

	TailSamplingProperties {
		positive("slow-threshold", slowThreshold);
		positive("decision-wait", decisionWait);
		if (maxBufferSize.toBytes() <= 0) {
			throw new InvalidConfigurationPropertyValueException("hindspan.sampling.tail.max-buffer-size",
					maxBufferSize, "Set it to a positive size such as 32MB.");
		}
		if (maxPromotions < 0 || maxPromotions > MAX_PROMOTIONS) {
			throw new InvalidConfigurationPropertyValueException("hindspan.sampling.tail.max-promotions", maxPromotions,
					"Set it to a number of traces in a second, such as 100, or to 0 for none.");
		}
	}

	private static void positive(String name, @Nullable Duration value) {
		if (value == null || value.isNegative() || value.isZero()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + name, value,
					"Set it to a positive duration such as 1s.");
		}
	}

	/**
	 * The policies that the properties ask for, and errors.
	 */
	List<TailPolicy> policies() {
		List<SlowPolicy.Route> routes = new ArrayList<>();
		for (int i = 0; i < this.slow.size(); i++) {
			routes.add(this.slow.get(i).route("slow[" + i + "]."));
		}
		List<TailPolicy> policies = new ArrayList<>();
		policies.add(new ErrorPolicy());
		policies.add(new SlowPolicy(this.slowThreshold, routes));
		for (int i = 0; i < this.keep.size(); i++) {
			policies.add(this.keep.get(i).policy("keep[" + i + "]."));
		}
		return policies;
	}

	/**
	 * From which duration on every trace is slow, in nanoseconds.
	 */
	long certainlySlow() {
		return TimeUnit.NANOSECONDS.convert(
				this.slow.stream().map(Slow::threshold).reduce(this.slowThreshold, TailSamplingProperties::longer));
	}

	private static Duration longer(Duration one, @Nullable Duration other) {
		return (other == null || one.compareTo(other) > 0) ? one : other;
	}

	private static PathPattern pattern(String name, @Nullable String text) {
		try {
			return PathPattern.of((text != null) ? text : "");
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + name, text,
					"It " + ex.getMessage() + ". Use * within a segment, ** across segments and {name} for one.");
		}
	}

	/**
	 * From which duration on something is slow.
	 *
	 * @param route the pattern of the route, such as /reports/**, or of the name of the
	 * first span, such as orders process
	 * @param threshold the duration
	 */
	record Slow(@Nullable String route, @Nullable Duration threshold) {

		SlowPolicy.Route route(String prefix) {
			positive(prefix + "threshold", this.threshold);
			return new SlowPolicy.Route(pattern(prefix + "route", this.route),
					TimeUnit.NANOSECONDS.convert(longer(Duration.ZERO, this.threshold)));
		}

	}

	/**
	 * An attribute that keeps a trace.
	 *
	 * @param attribute the name of the attribute
	 * @param value the pattern of its value; if not set, any value keeps
	 */
	record Keep(@Nullable String attribute, @Nullable String value) {

		TailPolicy policy(String prefix) {
			if (this.attribute == null || this.attribute.isBlank()) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + prefix + "attribute", this.attribute,
						"Set it to the name of an attribute, such as plan.");
			}
			return new AttributePolicy(this.attribute,
					(this.value != null) ? pattern(prefix + "value", this.value) : null);
		}

	}

}
