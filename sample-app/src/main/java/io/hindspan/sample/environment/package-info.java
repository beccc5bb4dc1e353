/**
 * The environment variables that the documents of the task manager use.
 */
@NullMarked
package io.hindspan.sample.environment;

import org.jspecify.annotations.NullMarked;
