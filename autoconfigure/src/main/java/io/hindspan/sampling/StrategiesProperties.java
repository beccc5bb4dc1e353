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
 * http://localhost:5778/sampling, or by gRPC grpc://localhost:14250, with TLS
 * grpcs://localhost:14250
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
			boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme())
					|| (isGrpc(uri) && isHostAndPort(uri));
			if (known && uri.getHost() != null && uri.getRawFragment() == null) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			throw invalidUrl();
		}
		throw invalidUrl();
	}

	/**
	 * Whether an endpoint is asked by gRPC.
	 */
	static boolean isGrpc(URI endpoint) {
		return "grpc".equals(endpoint.getScheme()) || "grpcs".equals(endpoint.getScheme());
	}

	private static boolean isHostAndPort(URI uri) {
		return uri.getPort() > 0 && uri.getRawUserInfo() == null && uri.getRawPath().isEmpty()
				&& uri.getRawQuery() == null;
	}

	private InvalidConfigurationPropertyValueException invalidUrl() {
		return new InvalidConfigurationPropertyValueException(URL, this.url,
				"Set it to the URL of the endpoint, such as http://localhost:5778/sampling or grpc://localhost:14250.");
	}

	/**
	 * What the start fails with where gRPC's library is not there.
	 */
	InvalidConfigurationPropertyValueException withoutGrpc() {
		return new InvalidConfigurationPropertyValueException(URL, this.url,
				"gRPC's library is not there. Add the dependency"
						+ " org.springframework.boot:spring-boot-starter-grpc-client (or io.grpc:grpc-stub,"
						+ " com.google.protobuf:protobuf-java and a transport such as io.grpc:grpc-netty-shaded), or set"
						+ " the property to an http URL.");
	}

}
