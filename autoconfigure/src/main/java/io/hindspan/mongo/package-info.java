/**
 * MongoDB commands: one CLIENT span each, imperative and reactive, without values.
 */
@NullMarked
package io.hindspan.mongo;

import org.jspecify.annotations.NullMarked;
