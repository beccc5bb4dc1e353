package io.hindspan.core;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * A property that turns something on or off.
 *
 * @param property the name of the property
 */
record Switch(String property) {

	static final Switch HINDSPAN = new Switch("hindspan.enabled");

	static Switch of(String feature) {
		return new Switch("hindspan." + feature + ".enabled");
	}

	boolean isSet(Environment environment) {
		return environment.getProperty(this.property) != null;
	}

	boolean isOn(Environment environment) {
		return isOn(environment, true);
	}

	/**
	 * Whether it is on.
	 * @param unlessSet whether it is where the property is not set
	 */
	boolean isOn(Environment environment, boolean unlessSet) {
		String value = environment.getProperty(this.property);
		if (value == null) {
			return unlessSet;
		}
		value = value.trim();
		if ("true".equalsIgnoreCase(value)) {
			return true;
		}
		if ("false".equalsIgnoreCase(value)) {
			return false;
		}
		throw new InvalidConfigurationPropertyValueException(this.property, value, "Set it to true or false.");
	}

}
