package io.hindspan.benchmarks.sampling;

import java.util.Locale;

import org.springframework.boot.WebApplicationType;

/**
 * One of the four services: every other one is reactive.
 */
enum Service {

	A(WebApplicationType.SERVLET), B(WebApplicationType.REACTIVE), C(WebApplicationType.SERVLET),
	D(WebApplicationType.REACTIVE);

	private final WebApplicationType type;

	Service(WebApplicationType type) {
		this.type = type;
	}

	WebApplicationType type() {
		return this.type;
	}

	/** As in {@code service.name}. */
	String id() {
		return name().toLowerCase(Locale.ROOT);
	}

}
