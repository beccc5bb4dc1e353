/**
 * The role that users talk to: tasks under {@code /api/v1/tasks}.
 */
@NullMarked
package io.hindspan.sample.api;

import org.jspecify.annotations.NullMarked;
