package io.hindspan.core;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Reads properties that name a directory.
 */
public final class DirectoryProperty {

	private static final String REMEDY = "Set it to a directory, which is made if it is not there.";

	private DirectoryProperty() {
	}

	/**
	 * Reads a property.
	 * @param property the name of the property
	 * @param value its value
	 * @return the directory, which need not be there
	 * @throws InvalidConfigurationPropertyValueException if it is no path or a file
	 */
	public static Path path(String property, String value) {
		try {
			Path path = Path.of(value);
			if (Files.exists(path) && !Files.isDirectory(path)) {
				throw new InvalidConfigurationPropertyValueException(property, value, "It is a file. " + REMEDY);
			}
			return path;
		}
		catch (InvalidPathException ex) {
			throw new InvalidConfigurationPropertyValueException(property, value, "It is no path. " + REMEDY);
		}
	}

}
