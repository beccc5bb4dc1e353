/**
 * HTTP requests that the application makes: one CLIENT span each, with the trace in the
 * request's headers, whether the client came from a builder or was made by hand.
 */
@NullMarked
package io.hindspan.httpclient;

import org.jspecify.annotations.NullMarked;
