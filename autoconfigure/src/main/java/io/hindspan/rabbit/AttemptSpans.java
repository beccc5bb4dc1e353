package io.hindspan.rabbit;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;

import io.hindspan.core.FaultGuard;
import io.hindspan.span.OpenSpan;
import io.hindspan.span.RetryAttributes;
import io.hindspan.span.SpanAttributes;

/**
 * Makes a span for each attempt of a retry within one delivery. Takes the place of the
 * retry among the advices, because the retry calls those after it once only.
 */
final class AttemptSpans implements MethodInterceptor {

	private final FaultGuard guard;

	private final StatelessRetryOperationsInterceptor retry;

	private final long maxAttempts;

	private final Supplier<MessageSpans> spans;

	AttemptSpans(FaultGuard guard, StatelessRetryOperationsInterceptor retry, Supplier<MessageSpans> spans) {
		this.guard = guard;
		this.retry = retry;
		this.maxAttempts = RetryLimit.of(retry);
		this.spans = spans;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Context delivery = Context.current();
		Message message = first(invocation.getArguments()[1]);
		if (message == null || !Span.fromContext(delivery).isRecording()) {
			return this.retry.invoke(invocation);
		}
		Object republishing = DeliveryOutcome.traceOfRepublishing(message);
		Attempts attempts = new Attempts(invocation, delivery, message);
		Object result = this.retry.invoke(attempts);
		Throwable failure = attempts.failure;
		if (failure != null) {
			this.guard.run(() -> recovered(delivery, failure, DeliveryOutcome.recovered(message, republishing)));
		}
		return result;
	}

	private static @Nullable Message first(@Nullable Object data) {
		Object first = (data instanceof List<?> list && !list.isEmpty()) ? list.get(0) : data;
		return (first instanceof Message message) ? message : null;
	}

	/**
	 * No attempt succeeded, and yet the delivery ends as if one had.
	 */
	private void recovered(Context delivery, Throwable failure, DeliveryOutcome outcome) {
		MessageSpans spans = this.spans.get();
		Span span = Span.fromContext(delivery);
		spans.tracer().attributes(span).put(RabbitAttributes.OUTCOME, outcome.toString());
		spans.tracer().fail(span, delivery, ListenerFailure.of(failure));
	}

	/**
	 * The call that is tried several times.
	 */
	private final class Attempts implements MethodInvocation {

		private final MethodInvocation invocation;

		private final Context delivery;

		private final Message message;

		private long count;

		private @Nullable Throwable failure;

		Attempts(MethodInvocation invocation, Context delivery, Message message) {
			this.invocation = invocation;
			this.delivery = delivery;
			this.message = message;
		}

		@Override
		public @Nullable Object proceed() throws Throwable {
			this.count++;
			OpenSpan span = AttemptSpans.this.guard.get(this::begin);
			try {
				Object result = this.invocation.proceed();
				this.failure = null;
				return result;
			}
			catch (Throwable ex) {
				this.failure = ex;
				if (span != null) {
					span.fail(ListenerFailure.of(ex));
				}
				throw ex;
			}
			finally {
				if (span != null) {
					span.end();
				}
			}
		}

		private OpenSpan begin() {
			MessageSpans spans = AttemptSpans.this.spans.get();
			SpanBuilder builder = spans.ofMessage(this.message, "attempt", this.delivery);
			if (this.failure != null) {
				describe(spans.tracer().attributes(builder), this.failure);
			}
			return spans.open(builder, this.delivery);
		}

		private void describe(SpanAttributes attributes, Throwable reason) {
			attributes.put(RetryAttributes.ATTEMPT, this.count);
			if (AttemptSpans.this.maxAttempts != RetryLimit.UNKNOWN) {
				attributes.put(RetryAttributes.MAX_ATTEMPTS, AttemptSpans.this.maxAttempts);
			}
			attributes.put(RetryAttributes.REASON, ListenerFailure.of(reason).getClass().getName());
		}

		@Override
		public Method getMethod() {
			return this.invocation.getMethod();
		}

		@Override
		public @Nullable Object[] getArguments() {
			return this.invocation.getArguments();
		}

		@Override
		public @Nullable Object getThis() {
			return this.invocation.getThis();
		}

		@Override
		public AccessibleObject getStaticPart() {
			return this.invocation.getStaticPart();
		}

	}

}
