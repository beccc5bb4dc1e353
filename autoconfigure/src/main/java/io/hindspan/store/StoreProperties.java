package io.hindspan.store;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the store of recent traces.
 *
 * @param enabled whether the most recent traces are kept in memory; if not set, in
 * development only
 * @param maxSize how much memory they may take, their index included
 * @param maxAge how long a trace is kept after its last span has come
 * @param maxSpansPerTrace how many spans of a trace are kept
 */
@ConfigurationProperties("hindspan.store")
record StoreProperties(@Nullable Boolean enabled, @DefaultValue("64MB") DataSize maxSize,
		@DefaultValue("1h") Duration maxAge, @DefaultValue("20000") int maxSpansPerTrace) {

	private static final String PREFIX = "hindspan.store.";

	private static final DataSize SMALLEST = DataSize.ofMegabytes(1);

	private static final int MOST_SPANS = 1_000_000;

	StoreProperties {
		if (maxSize.compareTo(SMALLEST) < 0) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-size", maxSize,
					"Set it to at least 1MB, or set hindspan.store.enabled to false.");
		}
		if (maxAge.isNegative() || maxAge.isZero()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-age", maxAge,
					"Set it to a positive time, such as 1h.");
		}
		if (maxSpansPerTrace < 1 || maxSpansPerTrace > MOST_SPANS) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-spans-per-trace", maxSpansPerTrace,
					"Set it to a number from 1 to " + MOST_SPANS + ".");
		}
	}

	StoreBounds bounds() {
		return new StoreBounds(this.maxSize.toBytes(), this.maxAge, this.maxSpansPerTrace);
	}

}
