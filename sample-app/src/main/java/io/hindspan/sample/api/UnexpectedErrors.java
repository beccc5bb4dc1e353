package io.hindspan.sample.api;

import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.filter.ServerHttpObservationFilter;

@RestControllerAdvice
class UnexpectedErrors {

	private static final Logger logger = LoggerFactory.getLogger(UnexpectedErrors.class);

	@ExceptionHandler
	ProblemDetail handle(Exception ex, HttpServletRequest request) {
		logger.error("{} {} failed", request.getMethod(), request.getRequestURI(), ex);
		// Spring shows its observation only those exceptions that nobody has handled
		ServerHttpObservationFilter.findObservationContext(request).ifPresent((context) -> context.setError(ex));
		return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR, "The request could not be served.");
	}

}
