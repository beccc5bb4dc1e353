package io.hindspan.task;

import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.hindspan.span.CodeFunction;

/**
 * Makes a span of each call of an {@code @Async} method, on the thread that does its
 * work: from when the work begins until it is done, or until the future that it returns
 * is. Thread-safe.
 */
final class AsyncSpanInterceptor implements MethodInterceptor {

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	private final TaskSpans spans;

	AsyncSpanInterceptor(TaskSpans spans) {
		this.spans = spans;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		if (target == null) {
			return invocation.proceed();
		}
		CodeFunction function = this.functions.get(ClassUtils.getUserClass(target), invocation.getMethod().getName());
		return this.spans.run(function.shortName(), Context.current(), function::writeTo, invocation::proceed);
	}

}
