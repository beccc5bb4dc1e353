/**
 * The small API for application code: attributes, events, errors and children of the
 * current span.
 */
@NullMarked
package io.hindspan;

import org.jspecify.annotations.NullMarked;
