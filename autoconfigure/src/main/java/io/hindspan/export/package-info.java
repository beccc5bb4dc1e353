/**
 * Where finished spans leave the application: the span pipeline and its exporters.
 */
@NullMarked
package io.hindspan.export;

import org.jspecify.annotations.NullMarked;
