package io.hindspan.sampling;

import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of traces that a request asks for.
 *
 * @param key the secret that signs the header with which a request has its trace sampled,
 * at least 32 bytes of text; if not set, there is no such header
 * @param header the name of that header
 * @param maxValidity how far ahead the expiry of such a header may be
 */
@ConfigurationProperties("hindspan.sampling.forced")
record ForcedTraceProperties(@Nullable String key, @DefaultValue("X-Hindspan-Trace") String header,
		@DefaultValue("1h") Duration maxValidity) {

	static final String PREFIX = "hindspan.sampling.forced.";

	private static final Pattern NAME = Pattern.compile("[\\w!#$%&'*+.^`|~-]+");

	ForcedTraceProperties {
		if (!NAME.matcher(header).matches()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "header", header,
					"Set it to the name of a header, such as X-Hindspan-Trace.");
		}
		if (maxValidity.toSeconds() < 1) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-validity", maxValidity,
					"Set it to a duration of a second at least, such as 1h.");
		}
	}

	/**
	 * The key's octets. Not checked when the properties are bound: what fails there is
	 * reported with the value.
	 */
	byte[] keyOctets() {
		try {
			return ForcedTrace.key((this.key != null) ? this.key : "");
		}
		catch (IllegalArgumentException ex) {
			throw new UnusableKeyException(PREFIX + "key", ex.getMessage());
		}
	}

	@Override
	public String toString() {
		return "ForcedTraceProperties[header=" + this.header + ", maxValidity=" + this.maxValidity + "]";
	}

}
