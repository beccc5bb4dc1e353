package io.hindspan.core;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/**
 * Checks the properties of the whole, so that a wrong value fails at start-up.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "hindspan.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HindspanProperties.class)
public final class HindspanAutoConfiguration {

	HindspanAutoConfiguration(HindspanProperties properties) {
		// Asked for here, since a properties bean that nobody uses is bound all the same
		// but lazily in an application that initializes lazily
	}

}
