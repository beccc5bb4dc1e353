package io.hindspan.span;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * The exception types that are part of normal operation, each with its category. Types
 * are known by name, so that none need be on the class path. Thread-safe.
 */
final class ExpectedErrors {

	private static final String NONE = "";

	private static final Map<String, List<String>> WELL_KNOWN = Map.of("validation",
			List.of("jakarta.validation.ValidationException", "org.springframework.validation.BindException",
					"org.springframework.web.bind.MethodArgumentNotValidException",
					"org.springframework.web.method.annotation.HandlerMethodValidationException",
					"org.springframework.web.bind.support.WebExchangeBindException"),
			"not_found",
			List.of("jakarta.persistence.EntityNotFoundException", "jakarta.persistence.NoResultException",
					"org.springframework.dao.EmptyResultDataAccessException",
					"org.springframework.web.servlet.resource.NoResourceFoundException",
					"org.springframework.web.reactive.resource.NoResourceFoundException"),
			"forbidden", List.of("org.springframework.security.access.AccessDeniedException"), "unauthenticated",
			List.of("org.springframework.security.core.AuthenticationException"));

	private final Map<String, String> categoriesByType = new HashMap<>();

	private final ConcurrentMap<Class<?>, String> resolved = new ConcurrentHashMap<>();

	ExpectedErrors(Map<String, List<Class<? extends Throwable>>> additional) {
		WELL_KNOWN.forEach((category, types) -> types.forEach((type) -> this.categoriesByType.put(type, category)));
		additional
			.forEach((category, types) -> types.forEach((type) -> this.categoriesByType.put(type.getName(), category)));
	}

	/**
	 * The category of an exception.
	 * @param exception the exception
	 * @return the category, or {@code null} if the exception is not expected
	 */
	@Nullable String category(Throwable exception) {
		String category = this.resolved.computeIfAbsent(exception.getClass(), this::resolve);
		return category.isEmpty() ? null : category;
	}

	private String resolve(Class<?> exceptionType) {
		for (Class<?> type = exceptionType; type != null; type = type.getSuperclass()) {
			String category = this.categoriesByType.get(type.getName());
			if (category != null) {
				return category;
			}
		}
		return NONE;
	}

}
