package io.hindspan.web;

import java.io.IOException;

import io.opentelemetry.api.trace.Span;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;

import io.hindspan.span.Verdict;

/**
 * Tells the caller in the response whether this service keeps its part of the trace, as
 * late as headers can be written: where that is open when the request comes, the response
 * is watched for the moment of its commit.
 */
final class VerdictFilter extends OncePerRequestFilter {

	private final TraceResponse traceResponse;

	VerdictFilter(TraceResponse traceResponse) {
		this.traceResponse = traceResponse;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Span span = Span.current();
		Verdict verdict = span.getSpanContext().isSampled() ? null : Verdict.of(span.getSpanContext());
		if (verdict == null) {
			chain.doFilter(request, response);
			return;
		}
		VerdictResponse watched = new VerdictResponse(response, span.getSpanContext(), verdict, this.traceResponse);
		chain.doFilter(request, watched);
		watched.beforeCommit();
	}

}
