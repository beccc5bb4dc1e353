/**
 * What every feature shares: the condition that turns it on or off, the environment, and
 * the default properties that follow from it. Knows no technology.
 */
@NullMarked
package io.hindspan.core;

import org.jspecify.annotations.NullMarked;
