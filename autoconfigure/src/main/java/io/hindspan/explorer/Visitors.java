package io.hindspan.explorer;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.util.ClassUtils;

/**
 * Tells whom the application has authenticated. Spring Security has a principal for those
 * whom it has not, too.
 */
final class Visitors {

	private static final boolean SPRING_SECURITY = ClassUtils.isPresent(
			"org.springframework.security.authentication.AnonymousAuthenticationToken",
			Visitors.class.getClassLoader());

	private Visitors() {
	}

	static boolean isKnown(@Nullable Principal principal) {
		return principal != null && (!SPRING_SECURITY || Tokens.isKnown(principal));
	}

	private static final class Tokens {

		static boolean isKnown(Principal principal) {
			return !(principal instanceof Authentication authentication)
					|| (authentication.isAuthenticated() && !(authentication instanceof AnonymousAuthenticationToken));
		}

	}

}
