/**
 * An outage of the backend, with what becomes of the spans meanwhile.
 */
@NullMarked
package io.hindspan.benchmarks.export;

import org.jspecify.annotations.NullMarked;
