package io.hindspan.store.otlp;

/**
 * What was sent is no OTLP request. The message says why.
 */
public final class MalformedOtlpException extends Exception {

	MalformedOtlpException(String message) {
		super(message);
	}

}
