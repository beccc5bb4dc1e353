package io.hindspan.cache;

import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * Tells what is done with caches. Thread-safe.
 */
interface CacheTracing {

	/**
	 * Begins to tell of an operation.
	 * @param operation what is about to be done
	 * @param cache the cache that it is done with
	 * @param key the key, or {@code null} where it is done with all
	 * @return the call to tell more of and to close, or {@code null} where nobody would
	 * hear it
	 */
	@Nullable CacheCall begin(Operation operation, Cache cache, @Nullable Object key);

}
