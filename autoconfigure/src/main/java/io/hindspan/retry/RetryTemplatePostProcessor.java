package io.hindspan.retry;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.retry.RetryListener;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryState;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.core.retry.Retryable;
import org.springframework.core.retry.support.CompositeRetryListener;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.ExponentialBackOff;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Listens to every {@link RetryTemplate} bean, after the listener that it has.
 */
final class RetryTemplatePostProcessor implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RetryTemplate template) {
			CompositeRetryListener both = new CompositeRetryListener();
			both.addListener(template.getRetryListener());
			both.addListener(new AttemptListener());
			template.setRetryListener(both);
		}
		return bean;
	}

	private static final class AttemptListener implements RetryListener {

		@Override
		public void beforeRetry(RetryPolicy policy, Retryable<?> retryable, RetryState state) {
			RetryEvents.write(state.getExceptions().size() + 1L, maxRetries(policy.getBackOff()),
					state.getLastException());
		}

		private static long maxRetries(BackOff backOff) {
			if (backOff instanceof FixedBackOff fixed) {
				return fixed.getMaxAttempts();
			}
			return (backOff instanceof ExponentialBackOff exponential) ? exponential.getMaxAttempts() : -1;
		}

	}

}
