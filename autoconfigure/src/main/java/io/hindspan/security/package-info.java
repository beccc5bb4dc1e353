/**
 * What Spring Security decides about a request or a call.
 */
@NullMarked
package io.hindspan.security;

import org.jspecify.annotations.NullMarked;
