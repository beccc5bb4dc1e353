package io.hindspan.export;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of export. Where to send spans by OTLP is said by Spring Boot's own
 * {@code management.opentelemetry.tracing.export.*}.
 *
 * @param enabled whether Hindspan's span pipeline takes the place of Spring Boot's
 * @param console the console exporter
 */
@ConfigurationProperties("hindspan.export")
record ExportProperties(@DefaultValue("true") boolean enabled, @DefaultValue Console console) {

	/**
	 * The console exporter.
	 *
	 * @param enabled whether each finished trace is logged as a tree; if not set, in
	 * development only, where there is no other exporter
	 */
	record Console(@Nullable Boolean enabled) {

	}

}
