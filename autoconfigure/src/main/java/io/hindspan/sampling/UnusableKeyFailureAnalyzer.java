package io.hindspan.sampling;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do about a key that cannot be used.
 */
final class UnusableKeyFailureAnalyzer extends AbstractFailureAnalyzer<UnusableKeyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableKeyException cause) {
		return new FailureAnalysis(cause.getMessage(), "Set " + cause.property()
				+ " to a secret from a random source, such as the output of 'openssl rand -hex 32', or do not set it.",
				cause);
	}

}
