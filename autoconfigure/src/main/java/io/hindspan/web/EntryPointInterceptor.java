package io.hindspan.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

import io.hindspan.span.EntryPoint;
import io.hindspan.span.LocalRoot;

/**
 * Tells the local root of a request which route and controller answer it, as soon as
 * Spring MVC has chosen them.
 */
final class EntryPointInterceptor implements HandlerInterceptor {

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		LocalRoot localRoot = LocalRoot.current();
		if (localRoot != null) {
			Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
			localRoot.enteredAt(new EntryPoint((route != null) ? route.toString() : null,
					(handler instanceof HandlerMethod method) ? method.getBeanType().getSimpleName() : null));
		}
		return true;
	}

}
