package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.store.SpanRecord;

/**
 * Finds misses of a cache, each followed by loading what was missed, one after the other.
 */
final class CacheMisses implements Detector {

	private static final int MIN_COUNT = 3;

	private static final long MIN = 10_000_000;

	private static final double MIN_SHARE = 0.1;

	private static final AttributeKey<String> NAME = AttributeKey.stringKey("cache.name");

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, Cache> caches = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (!node.facts.isCacheOperation() && !node.facts.isDatabase()) {
				look(view, node, caches);
			}
		}
		caches.values().forEach((cache) -> report(view, findings, cache));
	}

	private static void look(TraceView view, SpanNode node, Map<List<Object>, Cache> caches) {
		List<Moment> moments = new ArrayList<>();
		for (SpanRecord.Event event : node.span.events()) {
			Moment moment = moment(event, node.shift);
			if (moment != null) {
				moments.add(moment);
			}
		}
		for (SpanNode child : node.children) {
			view.count(1);
			Moment moment = moment(child);
			if (moment != null) {
				moments.add(moment);
			}
		}
		if (moments.isEmpty()) {
			return;
		}
		moments.sort(Comparator.comparingLong(Moment::time));
		List<SpanNode> children = new ArrayList<>(node.children);
		children.sort(Sequence.BY_START);
		int index = 0;
		for (int i = 0; i < moments.size(); i++) {
			Moment moment = moments.get(i);
			if (moment.kind == MomentKind.PUT) {
				continue;
			}
			Cache cache = caches.computeIfAbsent(List.of(node.lane, node.service(), moment.cache),
					(key) -> new Cache(moment.cache, moment.byHand));
			long until = (i + 1 < moments.size()) ? moments.get(i + 1).time : Long.MAX_VALUE;
			boolean put = i + 1 < moments.size() && moments.get(i + 1).kind == MomentKind.PUT;
			List<SpanNode> loads = new ArrayList<>();
			while (index < children.size() && children.get(index).start() < until) {
				SpanNode child = children.get(index++);
				if (child.start() >= moment.time && isLoad(child)) {
					loads.add(child);
				}
			}
			boolean miss = moment.kind == MomentKind.MISS || moment.byHand && put && !loads.isEmpty();
			cache.add(node, miss, loads);
		}
	}

	private static boolean isLoad(SpanNode child) {
		return !child.facts.isCacheOperation() && !child.facts.isPoolWait() && child.duration() > 0 && !isRedis(child);
	}

	private static boolean isRedis(SpanNode node) {
		String system = node.facts.text("db.system.name", "db.system");
		return "redis".equals(system) || "memcached".equals(system);
	}

	private static @Nullable Moment moment(SpanRecord.Event event, long shift) {
		String name = event.name();
		MomentKind kind = kind(name);
		if (kind == null) {
			return null;
		}
		String cache = event.attributes().get(NAME);
		if (cache == null) {
			int end = Math.max(name.indexOf("cache_"), name.indexOf("cache."));
			cache = (end > 0) ? name.substring(0, end - 1) : "cache";
		}
		return new Moment(event.time() + shift, kind, cache, false);
	}

	private static @Nullable MomentKind kind(String event) {
		if (event.endsWith("cache_miss") || event.endsWith("cache.miss")) {
			return MomentKind.MISS;
		}
		if (event.endsWith("cache_hit") || event.endsWith("cache.hit")) {
			return MomentKind.HIT;
		}
		return (event.endsWith("cache_put") || event.endsWith("cache.put")) ? MomentKind.PUT : null;
	}

	private static @Nullable Moment moment(SpanNode child) {
		if (child.facts.isCacheOperation()) {
			String cache = Wording.orElse(child.facts.text("cache.name"), "cache");
			String hit = child.facts.text("cache.hit");
			if (hit != null) {
				return new Moment(child.end(), hit.equals("true") ? MomentKind.HIT : MomentKind.MISS, cache, false);
			}
			return new Moment(child.start(), MomentKind.PUT, cache, false);
		}
		Statement statement = isRedis(child) ? child.statement : null;
		if (statement == null) {
			return null;
		}
		return switch (statement.operation()) {
			case "GET", "HGET", "HGETALL" -> new Moment(child.end(), MomentKind.HIT, statement.system(), true);
			case "SET", "SETEX", "PSETEX", "HSET", "HMSET" ->
				new Moment(child.start(), MomentKind.PUT, statement.system(), true);
			default -> null;
		};
	}

	private static void report(TraceView view, Findings findings, Cache cache) {
		if (cache.misses < MIN_COUNT || 2 * cache.misses < cache.lookups || Sequence.oneAfterAnother(cache.firstLoads)
			.size() < Math.max(MIN_COUNT, 0.8 * cache.firstLoads.size())) {
			return;
		}
		long impact = view.critical(cache.loads);
		if (impact < MIN || TraceView.shareOfLane(impact, cache.loads.get(0)) < MIN_SHARE) {
			return;
		}
		SpanNode load = cache.firstLoads.get(0);
		String name = cache.byHand ? "the cache in " + cache.name : "cache " + cache.name;
		List<SpanNode> spans = new ArrayList<>(cache.lookers);
		for (SpanNode span : cache.loads) {
			spans.add(span);
		}
		findings.add(Kind.CACHE_MISSES, impact, spans, cache.misses + " misses of " + name + ", one after the other",
				"Of " + cache.lookups + " look-ups in " + name + ", " + cache.misses
						+ " missed and were followed by a load each, such as " + load.label() + ", for "
						+ view.caller(load) + ": " + Wording.time(Sequence.totalDuration(cache.loads)) + " together.",
				"Load what is missing with one call (`IN (…)`, `MGET`, a bulk request) instead of one by one in "
						+ view.caller(load) + ". If the cache should have been warm, look at its expiry (`spring.cache."
						+ "redis.time-to-live`, `spring.cache.caffeine.spec`), size and keys.");
	}

	private enum MomentKind {

		HIT, MISS, PUT

	}

	/**
	 * Something that was done with a cache.
	 *
	 * @param byHand whether it was a command of a database that is used as a cache, of
	 * which nobody tells whether it found anything
	 */
	private record Moment(long time, MomentKind kind, String cache, boolean byHand) {

	}

	/**
	 * What was done with a cache in a service.
	 */
	private static final class Cache {

		private final String name;

		private final boolean byHand;

		private int lookups;

		private int misses;

		private final List<SpanNode> lookers = new ArrayList<>();

		private final List<SpanNode> firstLoads = new ArrayList<>();

		private final List<SpanNode> loads = new ArrayList<>();

		Cache(String name, boolean byHand) {
			this.name = name;
			this.byHand = byHand;
		}

		void add(SpanNode looker, boolean miss, List<SpanNode> found) {
			this.lookups++;
			if (miss && !found.isEmpty()) {
				this.misses++;
				if (this.lookers.isEmpty() || this.lookers.get(this.lookers.size() - 1) != looker) {
					this.lookers.add(looker);
				}
				this.firstLoads.add(found.get(0));
				this.loads.addAll(found);
			}
		}

	}

}
