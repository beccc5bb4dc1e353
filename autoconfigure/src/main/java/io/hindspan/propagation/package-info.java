/**
 * How a trace and its baggage travel: the formats of headers that are read and written,
 * by the properties of Spring Boot. Knows no technology.
 */
@NullMarked
package io.hindspan.propagation;

import org.jspecify.annotations.NullMarked;
