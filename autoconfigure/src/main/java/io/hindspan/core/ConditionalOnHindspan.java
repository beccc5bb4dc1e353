package io.hindspan.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches unless Hindspan, or the named feature of it, is turned off. The condition's
 * message names the property that decided.
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

}
