package io.hindspan.store;

import java.time.Clock;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

import io.hindspan.core.DirectoryProperty;
import io.hindspan.store.disk.DiskTraces;

/**
 * The properties of the store of recent traces.
 *
 * @param enabled whether the most recent traces are kept in memory; if not set, in
 * development only
 * @param maxSize how much memory they may take, their index included; if not set, 64MB or
 * a quarter of the heap, whichever is less
 * @param maxAge how long a trace is kept after its last span has come
 * @param maxSpansPerTrace how many spans of a trace are kept
 * @param directory where traces are kept on disk, too, which takes H2's MVStore
 * (com.h2database:h2-mvstore); nowhere if not set
 * @param retention how long a trace is kept on disk
 * @param maxDiskSize how long the file may become
 */
@ConfigurationProperties("hindspan.store")
record StoreProperties(@Nullable Boolean enabled, @Nullable DataSize maxSize, @DefaultValue("1h") Duration maxAge,
		@DefaultValue("20000") int maxSpansPerTrace, @Nullable String directory,
		@DefaultValue("30d") Duration retention, @DefaultValue("1GB") DataSize maxDiskSize) {

	private static final String PREFIX = "hindspan.store.";

	private static final DataSize SMALLEST = DataSize.ofMegabytes(1);

	private static final DataSize USUAL = DataSize.ofMegabytes(64);

	private static final int MOST_SPANS = 1_000_000;

	private static final DataSize SMALLEST_FILE = DataSize.ofMegabytes(16);

	StoreProperties {
		if (maxSize != null && maxSize.compareTo(SMALLEST) < 0) {
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
		if (retention.isNegative() || retention.isZero()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "retention", retention,
					"Set it to a positive time, such as 30d.");
		}
		if (maxDiskSize.compareTo(SMALLEST_FILE) < 0) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-disk-size", maxDiskSize,
					"Set it to at least 16MB, such as 1GB.");
		}
	}

	StoreBounds bounds() {
		return new StoreBounds(maxBytes(Runtime.getRuntime().maxMemory()), this.maxAge, this.maxSpansPerTrace);
	}

	/**
	 * How much memory traces may take.
	 * @param heap how long the heap may become, in bytes
	 * @return the bound in bytes
	 */
	long maxBytes(long heap) {
		return (this.maxSize != null) ? this.maxSize.toBytes() : Math.min(USUAL.toBytes(), heap / 4);
	}

	/**
	 * What keeps traces on disk.
	 * @param classLoader of the application, which may have the library for it
	 * @return the traces there, or {@code null} if no directory is named
	 */
	@Nullable DiskTraces onDisk(Clock clock, @Nullable ClassLoader classLoader) {
		if (!StringUtils.hasText(this.directory)) {
			return null;
		}
		if (!ClassUtils.isPresent("org.h2.mvstore.MVStore", classLoader)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "directory", this.directory,
					"Traces are kept on disk with H2's MVStore, which is missing. Add com.h2database:h2-mvstore to "
							+ "your dependencies, or remove the property.");
		}
		return new DiskTraces(DirectoryProperty.path(PREFIX + "directory", this.directory), this.retention,
				this.maxDiskSize.toBytes(), clock);
	}

}
