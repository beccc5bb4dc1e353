package io.hindspan.rabbit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;

/**
 * Reads settings of Spring AMQP that can be written but not asked for.
 */
final class FieldReader {

	private static final Logger logger = LoggerFactory.getLogger(FieldReader.class);

	private FieldReader() {
	}

	/**
	 * Reads a field.
	 * @param target the object
	 * @param path the field's name, or several with dots between them
	 * @return the value, or {@code null} if there is none or it cannot be read
	 */
	static @Nullable Object read(Object target, String path) {
		try {
			return new DirectFieldAccessor(target).getPropertyValue(path);
		}
		catch (BeansException ex) {
			logger.debug("Field {} of {} cannot be read", path, target.getClass(), ex);
			return null;
		}
	}

}
