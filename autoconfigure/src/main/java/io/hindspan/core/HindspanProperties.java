package io.hindspan.core;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of the whole.
 *
 * @param enabled whether Hindspan does anything at all; if not, the application is traced
 * as plain Spring Boot does it
 * @param environment the kind of environment that the application runs in, from which
 * defaults such as the sampling probability follow; if not set, the variable ENVIRONMENT
 * or an active profile decides, else it is production
 */
@ConfigurationProperties("hindspan")
record HindspanProperties(@DefaultValue("true") boolean enabled, @Nullable DeploymentEnvironment environment) {

}
