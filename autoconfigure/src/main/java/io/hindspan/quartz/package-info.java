/**
 * Quartz: a span for each run of a job, whichever bean its scheduler is, with what was
 * vetoed and what misfired, and a link to where a run was asked for.
 */
@NullMarked
package io.hindspan.quartz;

import org.jspecify.annotations.NullMarked;
