package io.hindspan.explorer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * Who calls whom, as traces tell: a call is seen by the one who is called where he sends
 * spans himself, else by the caller.
 */
final class ServiceMap {

	private static final Set<String> CACHES = Set.of("redis", "valkey", "memcached", "hazelcast", "ehcache",
			"infinispan", "couchbase-memcached", "caffeine", "geode", "ignite");

	private static final int MOST_CALLED = 500;

	private final Map<String, Tally> services = new TreeMap<>();

	private final Map<Call, Tally> calls = new LinkedHashMap<>();

	ServiceMap(List<Trace> traces) {
		for (Trace trace : traces) {
			for (SpanRecord span : trace.spans()) {
				add(trace, span);
			}
		}
	}

	private void add(Trace trace, SpanRecord span) {
		SpanRecord parent = trace.parentOf(span);
		boolean entry = span.kind() == SpanKind.SERVER || span.kind() == SpanKind.CONSUMER;
		if (entry || parent == null || !parent.service().equals(span.service())) {
			this.services.computeIfAbsent(span.service(), (name) -> new Tally()).add(span);
		}
		if (span.kind() == SpanKind.CLIENT || span.kind() == SpanKind.PRODUCER) {
			boolean answered = false;
			for (SpanRecord child : trace.childrenOf(span)) {
				answered |= isEntryFrom(span, child);
			}
			if (!answered) {
				count(new Call(span.service(), called(span), kind(span)), span);
			}
		}
		if (parent != null && isEntryFrom(parent, span)) {
			boolean told = parent.kind() == SpanKind.CLIENT;
			count(new Call(parent.service(), span.service(), told ? kind(parent) : kind(span)), told ? parent : span);
		}
	}

	/**
	 * Whether a span is what a call by the other one has led to.
	 */
	private static boolean isEntryFrom(SpanRecord caller, SpanRecord span) {
		boolean entry = span.kind() == SpanKind.SERVER || span.kind() == SpanKind.CONSUMER;
		boolean exit = caller.kind() == SpanKind.CLIENT || caller.kind() == SpanKind.PRODUCER;
		return (entry && exit) || !caller.service().equals(span.service());
	}

	private void count(Call call, SpanRecord span) {
		Tally tally = this.calls.get(call);
		if (tally == null && this.calls.size() < MOST_CALLED) {
			tally = new Tally();
			this.calls.put(call, tally);
		}
		if (tally != null) {
			tally.add(span);
		}
	}

	private static String kind(SpanRecord span) {
		Attributes attributes = span.attributes();
		String database = text(attributes, "db.system.name", "db.system");
		if (database != null) {
			return CACHES.contains(database) ? "cache" : "db";
		}
		if (text(attributes, "messaging.system") != null) {
			return "messaging";
		}
		if (text(attributes, "rpc.system.name", "rpc.system") != null) {
			return "rpc";
		}
		return (text(attributes, "http.request.method", "http.method") != null) ? "http" : "other";
	}

	private static String called(SpanRecord span) {
		Attributes attributes = span.attributes();
		String name = text(attributes, "db.system.name", "db.system", "messaging.system", "service.peer.name",
				"peer.service");
		if (name != null) {
			return name;
		}
		String address = text(attributes, "server.address", "net.peer.name");
		if (address == null) {
			return span.name();
		}
		Long port = attributes.get(AttributeKey.longKey("server.port"));
		return (port == null || port == 80 || port == 443) ? address : address + ":" + port;
	}

	private static @Nullable String text(Attributes attributes, String... keys) {
		for (String key : keys) {
			String value = attributes.get(AttributeKey.stringKey(key));
			if (value != null && !value.isEmpty()) {
				return value;
			}
		}
		return null;
	}

	/**
	 * Writes the map.
	 * @param seconds how long a time it is of
	 */
	Json toJson(long seconds) {
		Json json = new Json().object().member("seconds", seconds).name("services").array();
		this.services.forEach((name, tally) -> {
			json.object().member("name", name).member("requests", tally.count);
			tally.write(json, seconds);
			json.endObject();
		});
		json.endArray().name("calls").array();
		this.calls.forEach((call, tally) -> {
			json.object()
				.member("from", call.from())
				.member("to", call.to())
				.member("kind", call.kind())
				.member("calls", tally.count);
			tally.write(json, seconds);
			json.endObject();
		});
		return json.endArray().endObject();
	}

	private record Call(String from, String to, String kind) {

	}

	private static final class Tally {

		private long[] durations = new long[8];

		private int count;

		private int errors;

		void add(SpanRecord span) {
			if (this.count == this.durations.length) {
				this.durations = Arrays.copyOf(this.durations, this.count * 2);
			}
			this.durations[this.count++] = span.duration();
			this.errors += span.isError() ? 1 : 0;
		}

		void write(Json json, long seconds) {
			long[] sorted = Arrays.copyOf(this.durations, this.count);
			Arrays.sort(sorted);
			json.member("errors", this.errors)
				.member("rate", Math.round(this.count * 1_000_000.0 / seconds) / 1_000_000.0)
				.member("median", sorted[(this.count - 1) / 2])
				.member("p95", sorted[(int) Math.ceil(this.count * 0.95) - 1]);
		}

	}

}
