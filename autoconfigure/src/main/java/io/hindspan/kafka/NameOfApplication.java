package io.hindspan.kafka;

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
	 * @param destination the topic
	 * @param suffix what Spring's own convention adds to the topic
	 * @return the application's name, or {@code null} where it gives none
	 */
	static @Nullable String of(@Nullable String contextualName, String destination, String suffix) {
		if (contextualName == null || (contextualName.length() == destination.length() + suffix.length()
				&& contextualName.startsWith(destination) && contextualName.endsWith(suffix))) {
			return null;
		}
		return contextualName;
	}

}
