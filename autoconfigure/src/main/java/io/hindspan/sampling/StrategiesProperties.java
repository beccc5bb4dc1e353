package io.hindspan.sampling;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The properties of Jaeger's sampling strategies.
 *
 * @param file the path or location of a file with strategies in Jaeger's JSON, read again
 * when it changes
 * @param url the URL of an endpoint that tells the strategies of a service, such as
 * http://localhost:5778/sampling
 * @param interval how often the file is looked at (10 seconds unless set) or the endpoint
 * is asked (60 seconds unless set)
 */
@ConfigurationProperties("hindspan.sampling.strategies")
record StrategiesProperties(@Nullable String file, @Nullable String url, @Nullable Duration interval) {

	static final String FILE = "hindspan.sampling.strategies.file";

	static final String URL = "hindspan.sampling.strategies.url";

	private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

	StrategiesProperties {
		if (file != null && url != null) {
			throw new InvalidConfigurationPropertyValueException(FILE, file,
					"Remove it or " + URL + ": strategies come from one of them.");
		}
		if (file != null && file.toLowerCase(Locale.ROOT).matches("https?:.*")) {
			// Would be waited for at the start, without an end
			throw new InvalidConfigurationPropertyValueException(FILE, file, "Set " + URL + " instead.");
		}
		if (interval != null && interval.compareTo(MIN_INTERVAL) < 0) {
			throw new InvalidConfigurationPropertyValueException("hindspan.sampling.strategies.interval", interval,
					"Set it to a second or more, such as 60s.");
		}
	}

	/**
	 * The endpoint's URL.
	 */
	URI endpoint() {
		try {
			URI uri = URI.create(String.valueOf(this.url));
			if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null
					&& uri.getRawFragment() == null) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			throw invalidUrl();
		}
		throw invalidUrl();
	}

	private InvalidConfigurationPropertyValueException invalidUrl() {
		return new InvalidConfigurationPropertyValueException(URL, this.url,
				"Set it to the URL of the endpoint, such as http://localhost:5778/sampling.");
	}

}
