package io.hindspan.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.springframework.cache.Cache;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.util.ClassUtils;

/**
 * The descriptions of the caches by their names, of which only so many are kept: an
 * application may make caches as it goes. Thread-safe.
 */
final class CacheDescriptions {

	private static final int MOST = 1000;

	private static final boolean DECORATORS = ClassUtils.isPresent(
			"org.springframework.cache.transaction.TransactionAwareCacheDecorator",
			CacheDescriptions.class.getClassLoader());

	private final ConcurrentMap<String, CacheDescription> descriptions = new ConcurrentHashMap<>();

	CacheDescription get(Cache cache) {
		Cache undecorated = (DECORATORS && cache instanceof TransactionAwareCacheDecorator decorator)
				? decorator.getTargetCache() : cache;
		CacheDescription known = this.descriptions.get(CacheDescription.nameOf(undecorated));
		if (known != null && known.isOf(undecorated)) {
			return known;
		}
		CacheDescription made = new CacheDescription(undecorated);
		if (known == null && this.descriptions.size() < MOST) {
			this.descriptions.put(made.name(), made);
		}
		return made;
	}

}
