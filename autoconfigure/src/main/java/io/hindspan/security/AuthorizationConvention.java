package io.hindspan.security;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationObservationContext;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.ExpressionAuthorizationDecision;
import org.springframework.security.core.GrantedAuthority;

import io.hindspan.span.SpanAttributes;

/**
 * What is asked for and whether it is granted, as attributes and an event of the span
 * beneath which it is asked. The attributes are those of the last decision, which is the
 * one that denied. Stateless.
 */
final class AuthorizationConvention extends LeftOutConvention<AuthorizationObservationContext<?>> {

	@Override
	@SuppressWarnings({ "unchecked", "rawtypes" })
	public Class<AuthorizationObservationContext<?>> contextType() {
		return (Class) AuthorizationObservationContext.class;
	}

	@Override
	public void endedLeftOut(AuthorizationObservationContext<?> context, Span parent, SpanAttributes attributes) {
		AuthorizationResult result = context.getAuthorizationResult();
		if (result == null) {
			// It failed, or nobody is responsible
			return;
		}
		List<String> required = required(result);
		attributes.put(SecurityAttributes.AUTHORIZATION_GRANTED, result.isGranted());
		AttributesBuilder event = Attributes.builder()
			.put(SecurityAttributes.AUTHORIZATION_GRANTED.stable(), result.isGranted());
		if (required != null) {
			attributes.put(SecurityAttributes.PERMISSION_REQUIRED, required);
			event.put(SecurityAttributes.PERMISSION_REQUIRED.stable(), required);
		}
		parent.addEvent("authorization", event.build());
	}

	/**
	 * The authorities of which one is needed, or the expression as the code has it.
	 */
	private static @Nullable List<String> required(AuthorizationResult result) {
		if (result instanceof AuthorityAuthorizationDecision decision) {
			return decision.getAuthorities().stream().map(GrantedAuthority::getAuthority).toList();
		}
		if (result instanceof ExpressionAuthorizationDecision decision) {
			return List.of(decision.getExpression().getExpressionString());
		}
		return null;
	}

}
