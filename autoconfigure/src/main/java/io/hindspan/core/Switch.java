package io.hindspan.core;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * A property that turns something off.
 *
 * @param property the name of the property
 */
record Switch(String property) {

	static final Switch HINDSPAN = new Switch("hindspan.enabled");

	static Switch of(String feature) {
		return new Switch("hindspan." + feature + ".enabled");
	}

	boolean isOn(Environment environment) {
		String value = environment.getProperty(this.property, "true").trim();
		if ("true".equalsIgnoreCase(value)) {
			return true;
		}
		if ("false".equalsIgnoreCase(value)) {
			return false;
		}
		throw new InvalidConfigurationPropertyValueException(this.property, value, "Set it to true or false.");
	}

}
