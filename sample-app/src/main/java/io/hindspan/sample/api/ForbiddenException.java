package io.hindspan.sample.api;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

class ForbiddenException extends ErrorResponseException {

	ForbiddenException(String permission) {
		super(HttpStatus.FORBIDDEN, ProblemDetail.forStatusAndDetail(HttpStatus.FORBIDDEN,
				"This needs the permission %s.".formatted(permission)), null);
	}

}
