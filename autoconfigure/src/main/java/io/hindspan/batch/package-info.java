/**
 * Spring Batch: describes the observations that it makes of jobs and steps, with what a
 * step has read, written and skipped in the place of a span per item.
 */
@NullMarked
package io.hindspan.batch;

import org.jspecify.annotations.NullMarked;
