/**
 * Spring's cache abstraction, on whatever cache: what the methods with {@code @Cacheable}
 * and its siblings look up, put and evict.
 */
@NullMarked
package io.hindspan.cache;

import org.jspecify.annotations.NullMarked;
