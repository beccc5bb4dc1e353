package io.hindspan.sample.api;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

class NotFoundException extends ErrorResponseException {

	NotFoundException(String what, Object id) {
		super(HttpStatus.NOT_FOUND,
				ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, "There is no %s %s.".formatted(what, id)), null);
	}

	@Override
	public String getMessage() {
		return getBody().getDetail();
	}

}
