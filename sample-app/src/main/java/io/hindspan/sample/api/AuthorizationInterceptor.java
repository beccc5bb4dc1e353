package io.hindspan.sample.api;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/** Stands in for a login: the header {@code X-User} says who asks. */
@Component
class AuthorizationInterceptor implements HandlerInterceptor {

	static final String USER = "X-User";

	static final String DEFAULT_USER = "ada";

	private static final Map<String, String> PERMISSIONS = Map.of("POST", "task:create", "PUT", "task:update", "DELETE",
			"task:delete");

	private final Authorization authorization;

	AuthorizationInterceptor(Authorization authorization) {
		this.authorization = authorization;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		String user = request.getHeader(USER);
		String permission = PERMISSIONS.getOrDefault(request.getMethod(), "task:read");
		if (!this.authorization.isGranted((user != null) ? user : DEFAULT_USER, permission)) {
			throw new ForbiddenException(permission);
		}
		return true;
	}

}
