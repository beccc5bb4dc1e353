package io.hindspan.cache;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of caches.
 *
 * @param enabled whether the operations of methods with Cacheable, CachePut and
 * CacheEvict are told
 * @param mode whether an operation is an event of the current span, or a span of its own,
 * which takes several times as long as a lookup in memory
 * @param keys what is told of keys: nothing, or the beginning of the SHA-256 hash of
 * their text, by which equal keys can be recognized, and keys that can be guessed be
 * found by trying
 */
@ConfigurationProperties("hindspan.cache")
record CacheTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("event") Mode mode,
		@DefaultValue("none") Keys keys) {

	/** How an operation is told. */
	enum Mode {

		/** An event of the span that is current. */
		EVENT,

		/** A span of its own. */
		SPAN

	}

	/** What is told of a key. */
	enum Keys {

		/** Nothing. */
		NONE,

		/** The beginning of its hash. */
		HASH

	}

}
