package io.hindspan.redis;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;

/**
 * Gives an object the settings of another one of the same class.
 */
final class CopiedFields {

	private CopiedFields() {
	}

	/**
	 * Copies what can be set, and the contents of maps.
	 * @param type the class that declares the fields
	 * @param from the object with the settings
	 * @param to the object that gets them
	 * @throws IllegalAccessException if a field cannot be read or written
	 */
	@SuppressWarnings("unchecked")
	static <T> void copy(Class<T> type, T from, T to) throws IllegalAccessException {
		for (Field field : type.getDeclaredFields()) {
			if (Modifier.isStatic(field.getModifiers())) {
				continue;
			}
			field.setAccessible(true);
			if (!Modifier.isFinal(field.getModifiers())) {
				field.set(to, field.get(from));
			}
			else if (field.get(from) instanceof Map<?, ?> contents) {
				((Map<Object, Object>) field.get(to)).putAll(contents);
			}
		}
	}

}
