package io.hindspan.rabbit;

import org.jspecify.annotations.Nullable;

/**
 * The name that an application's own observation convention gives.
 */
final class NameOfApplication {

	private NameOfApplication() {
	}

	/**
	 * Tells an application's name from Spring's.
	 * @param contextualName the observation's name, or {@code null} for none
	 * @param destination the destination as Spring's own convention says it
	 * @param suffix what that convention adds to the destination
	 * @return the application's name, or {@code null} where it gives none
	 */
	static @Nullable String of(@Nullable String contextualName, @Nullable String destination, String suffix) {
		String prefix = String.valueOf(destination);
		if (contextualName == null || (contextualName.length() == prefix.length() + suffix.length()
				&& contextualName.startsWith(prefix) && contextualName.endsWith(suffix))) {
			return null;
		}
		return contextualName;
	}

}
