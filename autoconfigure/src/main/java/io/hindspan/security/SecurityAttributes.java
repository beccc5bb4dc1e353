package io.hindspan.security;

import java.util.List;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of what Spring Security decides, for which OpenTelemetry has no
 * convention.
 */
final class SecurityAttributes {

	static final SemanticKey<Boolean> AUTHORIZATION_GRANTED = SemanticKey.flag("authorization.granted");

	static final SemanticKey<List<String>> PERMISSION_REQUIRED = SemanticKey.texts("permission.required");

	static final SemanticKey<Boolean> AUTHENTICATION_SUCCEEDED = SemanticKey.flag("authentication.succeeded");

	static final SemanticKey<String> AUTHENTICATION_METHOD = SemanticKey.text("authentication.method");

	static final SemanticKey<String> ERROR_TYPE = SemanticKey.text("error.type");

	private SecurityAttributes() {
	}

}
