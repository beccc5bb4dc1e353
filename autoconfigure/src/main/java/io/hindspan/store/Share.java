package io.hindspan.store;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * What the traces of a kind, of a service among them, or of a route of the service take.
 */
final class Share {

	/** What a share takes itself. */
	static final long BYTES = 400;

	/** The last one has the most to give; of equals, it is the one that came first. */
	private static final Comparator<Share> BY_WEIGHT = Comparator.comparingLong((Share share) -> share.weight)
		.thenComparing(Comparator.comparingLong((Share share) -> share.number).reversed());

	private final @Nullable Share parent;

	private final String name;

	private final long number;

	private final Map<String, Share> children = new HashMap<>();

	private final TreeSet<Share> byWeight = new TreeSet<>(BY_WEIGHT);

	private final Set<StoredTrace> traces = new LinkedHashSet<>();

	private long bytes;

	private int count;

	private long weight;

	Share(@Nullable Share parent, String name, long number) {
		this.parent = parent;
		this.name = name;
		this.number = number;
	}

	@Nullable Share child(String name) {
		return this.children.get(name);
	}

	Share addChild(String name, long number) {
		Share child = new Share(this, name, number);
		this.children.put(name, child);
		this.byWeight.add(child);
		return child;
	}

	/**
	 * Whether this is of a route.
	 */
	boolean is(Share tier, String service, String route) {
		return this.parent != null && this.parent.parent == tier && this.name.equals(route)
				&& this.parent.name.equals(service);
	}

	/**
	 * Adds a trace of this route.
	 */
	void add(StoredTrace trace) {
		this.traces.add(trace);
		change(trace.bytes(), 1);
	}

	/**
	 * Removes a trace of this route.
	 * @return how many shares are gone with it
	 */
	int remove(StoredTrace trace) {
		this.traces.remove(trace);
		change(-trace.bytes(), -1);
		int gone = 0;
		for (Share share = this; share.parent != null && share.count == 0; share = share.parent) {
			share.parent.children.remove(share.name);
			share.parent.byWeight.remove(share);
			gone++;
		}
		return gone;
	}

	/**
	 * Has traces of this route take more, or less.
	 */
	void change(long delta) {
		change(delta, 0);
	}

	private void change(long bytes, int count) {
		for (Share share = this; share != null; share = share.parent) {
			if (share.parent != null) {
				share.parent.byWeight.remove(share);
			}
			share.bytes += bytes;
			share.count += count;
			// A single trace is the last to go
			share.weight = (share.count > 1) ? share.bytes : 0;
			if (share.parent != null) {
				share.parent.byWeight.add(share);
			}
		}
	}

	long bytes() {
		return this.bytes;
	}

	/**
	 * The oldest trace of the route that has the most to give, of the service that has.
	 */
	@Nullable StoredTrace victim() {
		Share share = this;
		while (!share.byWeight.isEmpty()) {
			share = share.byWeight.last();
		}
		return share.traces.isEmpty() ? null : share.traces.iterator().next();
	}

}
