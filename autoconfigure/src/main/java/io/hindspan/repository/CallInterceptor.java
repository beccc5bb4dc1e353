package io.hindspan.repository;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ReflectionUtils;

import io.hindspan.span.CodeFunction;
import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Makes a span of each call. A call with a reactive result has none: it only begins to
 * describe the work.
 */
final class CallInterceptor implements MethodInterceptor {

	private static final String INSTRUMENTATION_SCOPE = "io.hindspan.repository";

	private final CodeFunction.Cache functions = new CodeFunction.Cache();

	private final ObjectProvider<InstrumentationTracers> tracers;

	private final Class<?> repository;

	CallInterceptor(ObjectProvider<InstrumentationTracers> tracers, Class<?> repository) {
		this.tracers = tracers;
		this.repository = repository;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		InstrumentationTracers tracers = this.tracers.getIfAvailable();
		if (tracers == null || isLeftOut(invocation)) {
			return invocation.proceed();
		}
		InstrumentationTracer tracer = tracers.get(INSTRUMENTATION_SCOPE);
		Context parent = Context.current();
		if (tracer.leavesOut(parent)) {
			return invocation.proceed();
		}
		CodeFunction function = this.functions.get(this.repository, invocation.getMethod().getName());
		SpanBuilder builder = tracer.spanBuilder(function.shortName(), SpanKind.INTERNAL, parent);
		function.writeTo(tracer.attributes(builder));
		Span span = builder.startSpan();
		try (Scope scope = tracers.contextOf(parent, span).makeCurrent()) {
			return invocation.proceed();
		}
		catch (Throwable ex) {
			tracer.fail(span, parent, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	private static boolean isLeftOut(MethodInvocation invocation) {
		return ReflectionUtils.isObjectMethod(invocation.getMethod()) || ReactiveAdapterRegistry.getSharedInstance()
			.getAdapter(invocation.getMethod().getReturnType()) != null;
	}

}
