package io.hindspan.span;

import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of spans.
 *
 * @param enabled whether Hindspan makes the spans of observations, with their names and
 * attributes from the start; if not, Spring Boot's own handlers do, and no technology is
 * described
 * @param attributeNames which names of the OpenTelemetry semantic conventions the spans
 * carry
 * @param expectedErrors exception types, by category, that are part of normal operation,
 * such as validation: their spans have the status and type of an error but no stack
 * trace. Added to the well-known ones of Spring and Jakarta
 */
@ConfigurationProperties("hindspan.span")
record SpanProperties(@DefaultValue("true") boolean enabled, @DefaultValue("stable") AttributeNames attributeNames,
		@DefaultValue Map<String, List<Class<? extends Throwable>>> expectedErrors) {

}
