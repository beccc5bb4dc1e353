/**
 * Calls of Spring Data repositories, which have spans of their own only on demand.
 */
@NullMarked
package io.hindspan.repository;

import org.jspecify.annotations.NullMarked;
