package io.hindspan.sampling;

import org.jspecify.annotations.Nullable;

/**
 * A key cannot be used. Does not tell the key, as Spring Boot's own exceptions for wrong
 * values and their analyzers would.
 */
final class UnusableKeyException extends RuntimeException {

	private final String property;

	UnusableKeyException(String property, @Nullable String reason) {
		super("Property " + property + " cannot be used. " + reason);
		this.property = property;
	}

	String property() {
		return this.property;
	}

}
