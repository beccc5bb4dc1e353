/**
 * Four services that call each other over HTTP and send each other messages, at a load
 * with a few errors and slow calls; what they export is compared, trace by trace and
 * service by service, with what the specification of sampling asks for.
 */
@NullMarked
package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.NullMarked;
