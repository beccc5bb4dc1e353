/**
 * Calls of gRPC that the application makes and answers.
 */
@NullMarked
package io.hindspan.grpc;

import org.jspecify.annotations.NullMarked;
