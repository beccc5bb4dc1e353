package io.hindspan.web;

import java.io.IOException;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

import io.hindspan.span.Verdict;

/**
 * Keeps the work of an error page in the trace of the request that failed: the container
 * dispatches it when the request's observation is over, and so does Spring Boot's filter
 * for error pages in a container of its own, which forwards. The headers that tell the
 * trace are written again where the response was reset.
 */
final class ErrorDispatchFilter extends OncePerRequestFilter {

	private final TraceResponse traceResponse;

	ErrorDispatchFilter(TraceResponse traceResponse) {
		this.traceResponse = traceResponse;
	}

	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) == null) {
			chain.doFilter(request, response);
			return;
		}
		Observation.Context observation = ServerHttpObservationFilter.findObservationContext(request).orElse(null);
		TracingContext tracingContext = (observation != null) ? observation.get(TracingContext.class) : null;
		if (tracingContext == null || tracingContext.getSpan() == null) {
			chain.doFilter(request, response);
			return;
		}
		io.opentelemetry.api.trace.Span span = OtelSpan.toOtel(tracingContext.getSpan());
		// The span has not ended yet where the request was handled on another thread
		if (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status
				&& ServerSpan.isError(status)) {
			Verdict.keep(Context.root().with(span), TraceResponse.ERROR);
		}
		this.traceResponse.restore(span.getSpanContext(), response::getHeader, response::setHeader);
		try (Scope scope = Context.current().with(span).makeCurrent()) {
			chain.doFilter(request, response);
		}
	}

}
