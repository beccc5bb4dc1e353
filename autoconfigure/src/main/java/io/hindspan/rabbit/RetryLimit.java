package io.hindspan.rabbit;

import org.aopalliance.aop.Advice;
import org.springframework.amqp.rabbit.config.StatefulRetryOperationsInterceptor;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * How often a message is tried at the most.
 */
final class RetryLimit {

	/** No limit, or none that is known. */
	static final long UNKNOWN = 0;

	static final String STATEFUL_POLICY = "retryPolicy";

	static final String STATELESS_POLICY = "retryOperations.retryPolicy";

	private RetryLimit() {
	}

	static long of(StatelessRetryOperationsInterceptor interceptor) {
		return of(interceptor, STATELESS_POLICY);
	}

	/**
	 * The limit of retries that are made by redelivery.
	 * @param advices the advices of a container
	 * @return the number of attempts, the first one included, or {@link #UNKNOWN}
	 */
	static long ofRedeliveries(Advice[] advices) {
		for (Advice advice : advices) {
			if (advice instanceof StatefulRetryOperationsInterceptor) {
				return of(advice, STATEFUL_POLICY);
			}
		}
		return UNKNOWN;
	}

	private static long of(Advice interceptor, String policy) {
		if (!(FieldReader.read(interceptor, policy) instanceof RetryPolicy retryPolicy)) {
			return UNKNOWN;
		}
		BackOff backOff = retryPolicy.getBackOff();
		long retries = -1;
		if (backOff instanceof FixedBackOff fixed) {
			retries = fixed.getMaxAttempts();
		}
		else if (backOff instanceof ExponentialBackOff exponential) {
			retries = exponential.getMaxAttempts();
		}
		return (retries >= 0 && retries < Long.MAX_VALUE) ? retries + 1 : UNKNOWN;
	}

}
