package io.hindspan.explorer;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the explorer.
 *
 * @param enabled whether the application shows its recent traces; if not set, it does in
 * development only
 * @param path where in the application the page is
 * @param access who may see it: loopback, whoever is on the same machine, or secured,
 * whoever the application has authenticated, from anywhere
 * @param intake whether the traces of other services are taken at v1/traces beneath the
 * path
 * @param logs whether what is logged within a trace is shown beside it; if not set, it is
 * in development only
 * @param logMemory how much memory logged lines may take
 */
@ConfigurationProperties("hindspan.explorer")
record ExplorerProperties(@Nullable Boolean enabled, @DefaultValue("/hindspan") String path,
		@DefaultValue("loopback") Access access, @DefaultValue("true") boolean intake, @Nullable Boolean logs,
		@DefaultValue("8MB") DataSize logMemory) {

	private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9][A-Za-z0-9_-]*)+");

	private static final DataSize MOST_LOGS = DataSize.ofGigabytes(1);

	ExplorerProperties {
		if (!PATH.matcher(path).matches()) {
			throw new InvalidConfigurationPropertyValueException("hindspan.explorer.path", path,
					"Set it to a path of letters, digits, dashes and underscores, such as /hindspan or /tools/traces.");
		}
		if (logMemory.toBytes() < 1024 || logMemory.compareTo(MOST_LOGS) > 0) {
			throw new InvalidConfigurationPropertyValueException("hindspan.explorer.log-memory", logMemory,
					"Set it to a size from 1KB to 1GB. To capture no logs, set hindspan.explorer.logs=false.");
		}
	}

	/**
	 * Who may see it.
	 */
	enum Access {

		/** Whoever is on the same machine. */
		LOOPBACK,

		/** Whoever the application has authenticated. */
		SECURED

	}

}
