package io.hindspan.cache;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import io.opentelemetry.api.common.Attributes;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.Cache;

/**
 * What is told of a cache, ready made. Immutable.
 */
final class CacheDescription {

	private static final String SUFFIX = "Cache";

	private static final String OTHER = "_OTHER";

	private final Map<Operation, Attributes> attributes = new EnumMap<>(Operation.class);

	private final Class<?> type;

	private final String system;

	private final String name;

	private final Attributes hit;

	private final Attributes miss;

	CacheDescription(Cache cache) {
		this.type = cache.getClass();
		this.system = system(AopUtils.getTargetClass(cache).getSimpleName());
		this.name = nameOf(cache);
		for (Operation operation : Operation.values()) {
			this.attributes.put(operation,
					Attributes.of(CacheAttributes.SYSTEM.stable(), this.system, CacheAttributes.NAME.stable(),
							this.name, CacheAttributes.OPERATION.stable(), operation.toString()));
		}
		this.hit = of(Operation.GET).toBuilder().put(CacheAttributes.HIT.stable(), true).build();
		this.miss = of(Operation.GET).toBuilder().put(CacheAttributes.HIT.stable(), false).build();
	}

	/**
	 * The name, which only an imitation in a test does not have.
	 */
	static String nameOf(Cache cache) {
		return Objects.requireNonNullElse(cache.getName(), OTHER);
	}

	/**
	 * The system as the class of its cache names it: {@code redis} for a
	 * {@code RedisCache}.
	 */
	private static String system(String type) {
		String stem = (type.endsWith(SUFFIX) && !type.equals(SUFFIX))
				? type.substring(0, type.length() - SUFFIX.length()) : type;
		if (stem.isEmpty()) {
			return OTHER;
		}
		StringBuilder system = new StringBuilder(stem.length() + 2);
		for (int i = 0; i < stem.length(); i++) {
			char c = stem.charAt(i);
			if (Character.isUpperCase(c) && i > 0 && Character.isLowerCase(stem.charAt(i - 1))) {
				system.append('_');
			}
			system.append(Character.toLowerCase(c));
		}
		return system.toString();
	}

	boolean isOf(Cache cache) {
		return cache.getClass() == this.type;
	}

	String system() {
		return this.system;
	}

	String name() {
		return this.name;
	}

	Attributes of(Operation operation) {
		Attributes known = this.attributes.get(operation);
		return (known != null) ? known : Attributes.empty();
	}

	Attributes ofLookup(boolean hit) {
		return hit ? this.hit : this.miss;
	}

}
