/**
 * Reads the spans that an application really exported, as whole traces, and asserts them:
 * {@link io.hindspan.test.OtlpReceiver} receives them,
 * {@link io.hindspan.test.TraceAssert} compares them. Only the assertions need AssertJ.
 */
@NullMarked
package io.hindspan.test;

import org.jspecify.annotations.NullMarked;
