package io.hindspan.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches unless Hindspan, or the named feature of it, is turned off; a feature that is
 * on by default in some environments only must be turned on in others. The condition's
 * message names the property or environment that decided.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnHindspanCondition.class)
public @interface ConditionalOnHindspan {

	/**
	 * The feature, whose property is {@code hindspan.<feature>.enabled}.
	 * @return the name of the feature
	 */
	String value();

	/**
	 * The environments in which the feature is on where its property is not set.
	 * @return the environments; all of them if not said
	 */
	DeploymentEnvironment[] onByDefaultIn() default { DeploymentEnvironment.DEVELOPMENT, DeploymentEnvironment.STAGING,
			DeploymentEnvironment.PRODUCTION };

}
