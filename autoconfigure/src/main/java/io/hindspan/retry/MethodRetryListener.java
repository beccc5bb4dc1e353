package io.hindspan.retry;

import java.util.stream.Stream;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.resilience.retry.MethodRetryEvent;

/**
 * Hears of each failed attempt of a {@link Retryable} method, and tells the next one. The
 * last failure, and one that is not retried for its type, is followed by none.
 */
final class MethodRetryListener implements ApplicationListener<MethodRetryEvent> {

	private static final String FAILURES = MethodRetryListener.class.getName() + ".failures";

	private static final Logger logger = LoggerFactory.getLogger(MethodRetryListener.class);

	private final ConfigurableBeanFactory beanFactory;

	MethodRetryListener(ConfigurableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	@Override
	public void onApplicationEvent(MethodRetryEvent event) {
		try {
			if (!event.isRetryAborted() && event.getSource() instanceof ProxyMethodInvocation invocation) {
				failed(invocation, event.getFailure());
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not tell a retry", ex);
		}
	}

	private void failed(ProxyMethodInvocation invocation, Throwable failure) {
		long failures = (invocation.getUserAttribute(FAILURES) instanceof Long before) ? before + 1 : 1;
		invocation.setUserAttribute(FAILURES, failures);
		Retryable retryable = retryable(invocation);
		long maxRetries = (retryable != null) ? maxRetries(retryable) : -1;
		boolean follows = (maxRetries < 0 || failures <= maxRetries)
				&& (retryable == null || isRetried(retryable, failure));
		if (follows) {
			RetryEvents.write(failures + 1, maxRetries, failure);
		}
	}

	private static @Nullable Retryable retryable(MethodInvocation invocation) {
		Retryable retryable = AnnotatedElementUtils.findMergedAnnotation(invocation.getMethod(), Retryable.class);
		Object target = invocation.getThis();
		return (retryable != null || target == null) ? retryable
				: AnnotatedElementUtils.findMergedAnnotation(target.getClass(), Retryable.class);
	}

	private long maxRetries(Retryable retryable) {
		String text = retryable.maxRetriesString();
		if (text.isEmpty()) {
			return retryable.maxRetries();
		}
		String value = this.beanFactory.resolveEmbeddedValue(text);
		return (value != null) ? Long.parseLong(value) : -1;
	}

	private static boolean isRetried(Retryable retryable, Throwable failure) {
		boolean included = retryable.includes().length == 0
				|| Stream.of(retryable.includes()).anyMatch((type) -> isOrIsCausedBy(failure, type));
		return included && Stream.of(retryable.excludes()).noneMatch((type) -> isOrIsCausedBy(failure, type));
	}

	private static boolean isOrIsCausedBy(Throwable failure, Class<? extends Throwable> type) {
		for (Throwable cause = failure; cause != null; cause = (cause.getCause() != cause) ? cause.getCause() : null) {
			if (type.isInstance(cause)) {
				return true;
			}
		}
		return false;
	}

}
