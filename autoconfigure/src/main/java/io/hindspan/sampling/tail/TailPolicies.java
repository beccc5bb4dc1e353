package io.hindspan.sampling.tail;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All policies together. Those of the application cannot do harm. Thread-safe.
 */
final class TailPolicies implements TailPolicy {

	private static final Logger logger = LoggerFactory.getLogger(TailPolicies.class);

	private final AtomicBoolean faultTold = new AtomicBoolean();

	private final TailPolicy[] policies;

	TailPolicies(List<TailPolicy> policies) {
		this.policies = policies.toArray(TailPolicy[]::new);
	}

	@Override
	public @Nullable String reasonToKeep(SpanData span, boolean localRoot) {
		for (TailPolicy policy : this.policies) {
			String reason = ask(policy, span, localRoot);
			if (reason != null) {
				return reason;
			}
		}
		return null;
	}

	private @Nullable String ask(TailPolicy policy, SpanData span, boolean localRoot) {
		try {
			return policy.reasonToKeep(span, localRoot);
		}
		catch (RuntimeException | LinkageError ex) {
			if (this.faultTold.compareAndSet(false, true)) {
				logger.warn("The tail policy {} failed; its reasons count as none. This is said once.", policy, ex);
			}
			return null;
		}
	}

}
