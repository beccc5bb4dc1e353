/**
 * Which traces are kept, as far as that is decided when they begin: rules, rate and
 * probability. Knows no technology.
 */
@NullMarked
package io.hindspan.sampling;

import org.jspecify.annotations.NullMarked;
