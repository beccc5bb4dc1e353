package io.hindspan.security;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import org.springframework.security.authentication.AuthenticationObservationContext;
import org.springframework.security.core.Authentication;

import io.hindspan.span.SpanAttributes;

/**
 * How somebody was authenticated and whether that succeeded, as attributes and an event
 * of the span beneath which it happened. Not who it was. Stateless.
 */
final class AuthenticationConvention extends LeftOutConvention<AuthenticationObservationContext> {

	@Override
	public Class<AuthenticationObservationContext> contextType() {
		return AuthenticationObservationContext.class;
	}

	@Override
	public void endedLeftOut(AuthenticationObservationContext context, Span parent, SpanAttributes attributes) {
		Throwable failure = context.getError();
		boolean succeeded = failure == null && context.getAuthenticationResult() != null;
		attributes.put(SecurityAttributes.AUTHENTICATION_SUCCEEDED, succeeded);
		AttributesBuilder event = Attributes.builder()
			.put(SecurityAttributes.AUTHENTICATION_SUCCEEDED.stable(), succeeded);
		Authentication request = context.getAuthenticationRequest();
		if (request != null) {
			String method = request.getClass().getSimpleName();
			attributes.put(SecurityAttributes.AUTHENTICATION_METHOD, method);
			event.put(SecurityAttributes.AUTHENTICATION_METHOD.stable(), method);
		}
		if (failure != null) {
			event.put(SecurityAttributes.ERROR_TYPE.stable(), failure.getClass().getName());
		}
		parent.addEvent("authentication", event.build());
	}

}
