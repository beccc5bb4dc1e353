/**
 * OTLP as other services send it over HTTP, and as traces are given away: protobuf and
 * JSON, read and written without a library, since none that is stable does.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/">OpenTelemetry Protocol
 * Specification</a>
 */
@NullMarked
package io.hindspan.store.otlp;

import org.jspecify.annotations.NullMarked;
