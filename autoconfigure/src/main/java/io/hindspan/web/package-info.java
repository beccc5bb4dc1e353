/**
 * Requests that a Spring MVC or WebFlux application answers: one SERVER span each, and
 * the trace id on every response.
 */
@NullMarked
package io.hindspan.web;

import org.jspecify.annotations.NullMarked;
