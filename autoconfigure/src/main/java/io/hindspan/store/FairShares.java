package io.hindspan.store;

import org.jspecify.annotations.Nullable;

/**
 * Decides which trace goes when there is no room. Traces are ordinary, or notable: with
 * an error, or slow. Ordinary ones go first, as long as notable ones take no more than
 * three quarters of all. Of either the service that takes the most gives, of that the
 * route that takes the most, and of that the oldest trace. The only trace of a service,
 * and the only one of a route, goes when no other has two. Written and read by one thread
 * at a time.
 */
final class FairShares {

	private final Share ordinary = new Share(null, "ordinary", 0);

	private final Share notable = new Share(null, "notable", 0);

	private long number;

	private int count;

	/**
	 * Puts a trace where it belongs.
	 */
	void place(StoredTrace trace, SpanRecord naming) {
		Share tier = trace.isNotable() ? this.notable : this.ordinary;
		if (trace.share() != null && trace.share().is(tier, naming.service(), naming.name())) {
			return;
		}
		// First, since the share of its service may end with it
		remove(trace);
		Share route = child(child(tier, naming.service()), naming.name());
		route.add(trace);
		trace.assign(route);
	}

	private Share child(Share share, String name) {
		Share child = share.child(name);
		if (child == null) {
			child = share.addChild(name, this.number++);
			this.count++;
		}
		return child;
	}

	/**
	 * Removes a trace.
	 */
	void remove(StoredTrace trace) {
		Share share = trace.share();
		if (share != null) {
			this.count -= share.remove(trace);
			trace.assign(null);
		}
	}

	/**
	 * The trace that goes next.
	 * @return the trace, or {@code null} if there is none
	 */
	@Nullable StoredTrace victim() {
		StoredTrace trace = (this.notable.bytes() / 3 <= this.ordinary.bytes()) ? this.ordinary.victim() : null;
		if (trace == null) {
			trace = this.notable.victim();
		}
		return (trace != null) ? trace : this.ordinary.victim();
	}

	/**
	 * How much memory it takes.
	 */
	long bytes() {
		return this.count * Share.BYTES;
	}

}
