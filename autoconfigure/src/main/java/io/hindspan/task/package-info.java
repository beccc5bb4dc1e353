/**
 * Work on other threads: what is current where it is handed over is current where it
 * runs, on every executor and scheduler that is a bean, and through Reactor; asynchronous
 * and scheduled methods, listeners to events that run detached from their publisher, and
 * runners have spans of their own.
 */
@NullMarked
package io.hindspan.task;

import org.jspecify.annotations.NullMarked;
