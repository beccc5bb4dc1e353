package io.hindspan.guard;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of the guard.
 *
 * @param enabled whether secrets and personal data in finished spans are masked, and
 * names of spans kept few
 * @param keys attributes to mask besides those whose names say that they are secret, such
 * as customer.name or *.phone
 * @param allowedKeys attributes to hand on as they are, whatever they are called and
 * whatever is in them
 * @param patterns patterns of values to mask in whatever text
 * @param detectors which of Hindspan's own detectors look at texts; all if not set
 * @param maxSpanNames how many different names the spans of an instrumentation scope and
 * kind may have before their ids are folded; 0 folds none
 * @param maxAttributeValues how many different values an attribute may have before that
 * is said, once; 0 says nothing
 */
@ConfigurationProperties("hindspan.guard")
record GuardProperties(@DefaultValue("true") boolean enabled, @DefaultValue List<String> keys,
		@DefaultValue List<String> allowedKeys, @DefaultValue List<ValuePattern> patterns,
		@Nullable Set<Detector> detectors, @DefaultValue("1000") int maxSpanNames,
		@DefaultValue("10000") int maxAttributeValues) {

	static final String PREFIX = "hindspan.guard.";

	private static final int MOST_NAMES = 100_000;

	/** What half a kilobyte per attribute can tell apart. */
	private static final int MOST_VALUES = 20_000;

	GuardProperties {
		if (maxSpanNames < 0 || maxSpanNames > MOST_NAMES) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-span-names", maxSpanNames,
					"Set it to a number from 1 to " + MOST_NAMES + ", or to 0 to fold no names.");
		}
		if (maxAttributeValues < 0 || maxAttributeValues > MOST_VALUES) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-attribute-values", maxAttributeValues,
					"Set it to a number from 1 to " + MOST_VALUES + ", or to 0 to be told nothing.");
		}
		check(PREFIX + "keys", keys);
		check(PREFIX + "allowed-keys", allowedKeys);
	}

	private static void check(String property, List<String> patterns) {
		for (int i = 0; i < patterns.size(); i++) {
			String pattern = patterns.get(i).trim();
			if (pattern.replace("*", "").replace(".", "").isEmpty()) {
				throw new InvalidConfigurationPropertyValueException(property + "[" + i + "]", pattern,
						"It must name something: an attribute as in customer.name, or some as in customer.* or "
								+ "*.phone.");
			}
		}
	}

	static List<KeyPattern> compiled(List<String> keys) {
		return keys.stream().map((key) -> new KeyPattern(key.trim())).toList();
	}

	Set<Detector> activeDetectors() {
		return (this.detectors != null) ? this.detectors : EnumSet.allOf(Detector.class);
	}

	/**
	 * The patterns, compiled.
	 */
	List<GuardedPattern> compiledPatterns() {
		List<GuardedPattern> compiled = new ArrayList<>();
		Set<String> names = new HashSet<>();
		for (int i = 0; i < this.patterns.size(); i++) {
			String prefix = PREFIX + "patterns[" + i + "].";
			ValuePattern pattern = this.patterns.get(i);
			compiled.add(pattern.compile(prefix));
			if (!names.add(pattern.name())) {
				throw new InvalidConfigurationPropertyValueException(prefix + "name", pattern.name(),
						"Another pattern has this name. Give each its own.");
			}
		}
		return compiled;
	}

	/**
	 * The names of the patterns.
	 */
	List<String> patternNames() {
		return this.patterns.stream().map(ValuePattern::name).toList();
	}

	/**
	 * A pattern of values.
	 *
	 * @param name what it finds, in a word that stands in the mask, such as customer
	 * @param pattern the regular expression, whose matches are masked; it may not match
	 * the empty text
	 */
	record ValuePattern(@Nullable String name, @Nullable String pattern) {

		GuardedPattern compile(String prefix) {
			if (this.name == null || !this.name.matches("[a-z][a-z0-9-]{0,31}")) {
				throw new InvalidConfigurationPropertyValueException(prefix + "name", this.name,
						"Set it to a word of lower-case letters, digits and dashes, such as customer. It stands in the "
								+ "mask.");
			}
			if (this.pattern == null || this.pattern.isEmpty()) {
				throw new InvalidConfigurationPropertyValueException(prefix + "pattern", this.pattern,
						"Set it to a regular expression, such as KD-[0-9]{8}.");
			}
			try {
				Pattern compiled = Pattern.compile(this.pattern);
				if (compiled.matcher("").find()) {
					throw new InvalidConfigurationPropertyValueException(prefix + "pattern", this.pattern,
							"It matches the empty text, and so everywhere. Have it match one character at the least.");
				}
				return new GuardedPattern(this.name, compiled);
			}
			catch (PatternSyntaxException ex) {
				throw new InvalidConfigurationPropertyValueException(prefix + "pattern", this.pattern,
						"It is no regular expression: " + ex.getDescription() + " near index " + ex.getIndex()
								+ ". Correct it, or quote what is meant literally with \\Q and \\E.");
			}
		}

	}

}
