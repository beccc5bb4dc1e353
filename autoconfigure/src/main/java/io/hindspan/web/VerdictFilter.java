package io.hindspan.web;

import java.io.IOException;

import io.opentelemetry.api.trace.Span;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.WebUtils;

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

	/**
	 * An answer without a body is only committed when that is over.
	 */
	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
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
		VerdictResponse before = WebUtils.getNativeResponse(response, VerdictResponse.class);
		VerdictResponse watched = (before != null) ? before
				: new VerdictResponse(response, span.getSpanContext(), verdict, this.traceResponse);
		chain.doFilter(request, (before != null) ? response : watched);
		// Else another thread is about to write
		if (!isAsyncStarted(request)) {
			watched.beforeCommit();
		}
	}

}
