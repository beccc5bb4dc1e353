package io.hindspan.sampling.tail;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import io.hindspan.sampling.PathPattern;

/**
 * Keeps what took long. What is long for one route may be usual for another. Immutable.
 */
final class SlowPolicy implements TailPolicy {

	static final String REASON = "slow";

	private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");

	private final long threshold;

	private final List<Route> routes;

	private final long shortest;

	SlowPolicy(Duration threshold, List<Route> routes) {
		this.threshold = TimeUnit.NANOSECONDS.convert(threshold);
		this.routes = List.copyOf(routes);
		long shortest = this.threshold;
		for (Route route : routes) {
			shortest = Math.min(shortest, route.threshold);
		}
		this.shortest = shortest;
	}

	@Override
	public @Nullable String reasonToKeep(SpanData span, boolean localRoot) {
		if (!localRoot) {
			return null;
		}
		long duration = span.getEndEpochNanos() - span.getStartEpochNanos();
		return (duration > this.shortest && duration > threshold(span)) ? REASON : null;
	}

	private long threshold(SpanData span) {
		if (this.routes.isEmpty()) {
			return this.threshold;
		}
		String route = span.getAttributes().get(ROUTE);
		for (Route candidate : this.routes) {
			if (candidate.pattern.matches(span.getName()) || (route != null && candidate.pattern.matches(route))) {
				return candidate.threshold;
			}
		}
		return this.threshold;
	}

	/**
	 * A threshold for what has a certain name.
	 *
	 * @param pattern the pattern of the route, or of the name of the local root
	 * @param threshold the duration from which on it is slow, in nanoseconds
	 */
	record Route(PathPattern pattern, long threshold) {

	}

}
