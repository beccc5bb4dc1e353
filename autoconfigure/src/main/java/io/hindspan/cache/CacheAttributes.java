package io.hindspan.cache;

import io.hindspan.span.SemanticKey;

/**
 * The attributes of the operations on caches, for which OpenTelemetry has no convention.
 */
final class CacheAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("cache.system");

	static final SemanticKey<String> NAME = SemanticKey.text("cache.name");

	static final SemanticKey<String> OPERATION = SemanticKey.text("cache.operation");

	static final SemanticKey<Boolean> HIT = SemanticKey.flag("cache.hit");

	static final SemanticKey<String> KEY = SemanticKey.text("cache.key");

	static final SemanticKey<String> ERROR_TYPE = SemanticKey.text("error.type");

	static final SemanticKey<Long> OPERATION_COUNT = SemanticKey.number("hindspan.cache.operation_count");

	private CacheAttributes() {
	}

}
