/**
 * How attributes are written into files and read from them.
 */
@NullMarked
package io.hindspan.span.codec;

import org.jspecify.annotations.NullMarked;
