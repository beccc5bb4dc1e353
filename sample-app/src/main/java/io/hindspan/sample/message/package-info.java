/**
 * The messages between the roles.
 */
@NullMarked
package io.hindspan.sample.message;

import org.jspecify.annotations.NullMarked;
