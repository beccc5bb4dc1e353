package io.hindspan.export;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A target that is not Spring Boot's.
 *
 * @param type what it speaks
 * @param endpoint the full URL that spans are sent to, such as
 * https://collector.example:4318/v1/traces
 * @param transport how OTLP is spoken
 * @param headers headers of each request
 * @param compression how requests are compressed
 * @param timeout how long a request may take
 * @param connectTimeout how long a connection may take to be made
 * @param ssl how the connection is secured
 */
record TargetProperties(@Nullable Type type, @Nullable String endpoint, @DefaultValue("http") Transport transport,
		Map<String, String> headers, @DefaultValue("none") Compression compression,
		@DefaultValue("10s") Duration timeout, @DefaultValue("10s") Duration connectTimeout, @DefaultValue Ssl ssl) {

	TargetProperties {
		headers = (headers != null) ? Collections.unmodifiableMap(new LinkedHashMap<>(headers)) : Map.of();
	}

	/**
	 * What a target speaks.
	 */
	enum Type {

		/** OTLP with protobuf. */
		OTLP,

		/** Zipkin's JSON, version 2. */
		ZIPKIN,

		/** Trees of spans in the log. */
		CONSOLE

	}

	/**
	 * How OTLP is spoken.
	 */
	enum Transport {

		/** By HTTP 1.1. */
		HTTP,

		/** By gRPC. */
		GRPC

	}

	/**
	 * How requests are compressed.
	 */
	enum Compression {

		/** Not at all. */
		NONE,

		/** With gzip. */
		GZIP

	}

	/**
	 * How the connection is secured.
	 *
	 * @param bundle the name of the SSL bundle; without one, an https endpoint needs a
	 * certificate that Java trusts
	 */
	record Ssl(@Nullable String bundle) {

	}

}
