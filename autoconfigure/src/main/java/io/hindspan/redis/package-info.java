/**
 * Redis: one CLIENT span for each command that the application sends, without keys and
 * values, and one CONSUMER span for each message that a listener container handles.
 */
@NullMarked
package io.hindspan.redis;

import org.jspecify.annotations.NullMarked;
