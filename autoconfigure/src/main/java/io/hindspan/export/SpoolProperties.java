package io.hindspan.export;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import io.hindspan.core.DirectoryProperty;
import io.hindspan.export.spool.Spool;
import io.hindspan.export.spool.SpoolListener;

/**
 * The properties of spools.
 *
 * @param enabled whether spans wait in the directory, if there is one
 * @param directory the directory in which spans wait for targets that do not take them,
 * also beyond the end of the application; if not set, they wait in memory only. Several
 * processes may be given the same
 * @param maxSize how many bytes may wait for each target
 * @param maxAge how long spans may wait
 */
record SpoolProperties(@DefaultValue("true") boolean enabled, @Nullable String directory,
		@DefaultValue("256MB") DataSize maxSize, @DefaultValue("24h") Duration maxAge) {

	private static final String PREFIX = "hindspan.export.spool.";

	private static final DataSize LEAST_SIZE = DataSize.ofMegabytes(1);

	SpoolProperties {
		if (maxSize.compareTo(LEAST_SIZE) < 0) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-size", maxSize,
					"Set it to 1MB or more, such as 256MB.");
		}
		if (maxAge.isNegative() || maxAge.isZero()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-age", maxAge,
					"Set it to a positive duration such as 24h.");
		}
	}

	/**
	 * What makes the spool of a target.
	 * @return the maker, or {@code null} if there is none
	 */
	@Nullable Function<SpoolListener, Spool> forTarget(String target, Clock clock) {
		if (!this.enabled || !StringUtils.hasText(this.directory)) {
			return null;
		}
		Path parent = DirectoryProperty.path(PREFIX + "directory", this.directory);
		Path own = parent.resolve(directoryName(target));
		return (listener) -> new Spool(own, this.maxSize.toBytes(), this.maxAge, listener, clock);
	}

	/**
	 * A directory of its own for each name, since what one target has left must not be
	 * sent to another.
	 */
	private static String directoryName(String target) {
		String encoded = URLEncoder.encode(target, StandardCharsets.UTF_8).replace("*", "%2A");
		return encoded.startsWith(".") ? "%2E" + encoded.substring(1) : encoded;
	}

}
