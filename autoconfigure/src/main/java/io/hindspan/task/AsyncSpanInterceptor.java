package io.hindspan.task;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.hindspan.span.CodeFunction;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Makes a span of each call of an {@code @Async} method, on the thread that does its
 * work: from when the work begins until it is done, or until the future that it returns
 * is. Thread-safe.
 */
final class AsyncSpanInterceptor implements MethodInterceptor {

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	private final Supplier<InstrumentationTracers> tracers;

	AsyncSpanInterceptor(Supplier<InstrumentationTracers> tracers) {
		this.tracers = tracers;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		InstrumentationTracers tracers = this.tracers.get();
		InstrumentationTracer tracer = tracers.get(ScheduledTaskSpanConvention.SCOPE);
		Context parent = Context.current();
		Object target = invocation.getThis();
		if (target == null || tracer.leavesOut(parent)) {
			return invocation.proceed();
		}
		CodeFunction function = this.functions.get(ClassUtils.getUserClass(target), invocation.getMethod().getName());
		SpanBuilder builder = tracer.spanBuilder(function.shortName(), SpanKind.INTERNAL, parent);
		function.writeTo(tracer.attributes(builder));
		Span span = builder.startSpan();
		Context context = tracers.contextOf(parent, span);
		try (Scope scope = context.makeCurrent()) {
			Object result = invocation.proceed();
			if (result instanceof CompletionStage<?> stage) {
				stage.whenComplete((value, error) -> end(tracer, span, context, error));
			}
			else {
				span.end();
			}
			return result;
		}
		catch (Throwable ex) {
			end(tracer, span, context, ex);
			throw ex;
		}
	}

	private void end(InstrumentationTracer tracer, Span span, Context context, @Nullable Throwable error) {
		if (error != null) {
			Throwable cause = (error instanceof CompletionException) ? error.getCause() : null;
			tracer.fail(span, context, (cause != null) ? cause : error);
		}
		span.end();
	}

}
