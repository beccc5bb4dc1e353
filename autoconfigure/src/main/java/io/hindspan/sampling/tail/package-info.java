/**
 * Which traces are kept although the decision at their begin did not take them: those
 * with an error, the slow ones and whatever else a policy finds worth it. In this process
 * and in bounded memory.
 */
@NullMarked
package io.hindspan.sampling.tail;

import org.jspecify.annotations.NullMarked;
