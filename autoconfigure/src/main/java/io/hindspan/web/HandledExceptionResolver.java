package io.hindspan.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Sees every exception of a handler on its way to the application's own handling, and
 * resolves none: otherwise nobody knows why a response has the status 500. Not told to
 * the observation itself, whose meters would change.
 */
final class HandledExceptionResolver implements HandlerExceptionResolver, Ordered {

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception exception) {
		request.setAttribute(ServletSpanConvention.HANDLED_EXCEPTION, exception);
		return null;
	}

}
