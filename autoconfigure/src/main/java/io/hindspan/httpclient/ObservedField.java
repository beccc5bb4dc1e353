package io.hindspan.httpclient;

import java.lang.reflect.Field;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * Reads what Spring's clients and their builders keep to themselves, so that what the
 * application has set is not set again.
 */
final class ObservedField {

	static final Set<String> OF_SPRING = Set.of("org.springframework.web.client.DefaultRestClient",
			"org.springframework.web.client.DefaultRestClientBuilder",
			"org.springframework.web.reactive.function.client.DefaultWebClient",
			"org.springframework.web.reactive.function.client.DefaultWebClientBuilder");

	private ObservedField() {
	}

	/**
	 * The value of a client's field.
	 * @param client the client or builder
	 * @param name the name of the field
	 * @param type the type of the field
	 * @param <T> the type of the field
	 * @return the value, or {@code null} where there is none or it cannot be read
	 */
	static <T> @Nullable T read(Object client, String name, Class<T> type) {
		try {
			Field field = ReflectionUtils.findField(client.getClass(), name);
			if (field == null) {
				return null;
			}
			field.setAccessible(true);
			Object value = field.get(client);
			return type.isInstance(value) ? type.cast(value) : null;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

	/**
	 * Whether this is a client or builder of Spring's own: what others make of the
	 * interfaces is theirs, and may not survive being rebuilt.
	 * @param client the client or builder
	 * @return whether it is Spring's
	 */
	static boolean isSpring(Object client) {
		return OF_SPRING.contains(client.getClass().getName());
	}

}
