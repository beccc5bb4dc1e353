package io.hindspan.benchmarks.sampling;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What one service notes of one request while it works on it: the headers that it got,
 * and in which order things happened. Thread-safe.
 */
final class Work {

	private final LongSupplier ticks;

	private final @Nullable TraceHeader incoming;

	private final Map<Service, Long> calls = new EnumMap<>(Service.class);

	private final Map<Service, Heard> heard = new EnumMap<>(Service.class);

	private long answered;

	Work(LongSupplier ticks, @Nullable TraceHeader incoming) {
		this.ticks = ticks;
		this.incoming = incoming;
	}

	/** What the caller said. */
	@Nullable TraceHeader incoming() {
		return this.incoming;
	}

	synchronized void calls(Service service) {
		this.calls.put(service, this.ticks.getAsLong());
	}

	synchronized void heard(Service service, @Nullable String traceResponse) {
		this.heard.put(service, new Heard(TraceHeader.parse(traceResponse), this.ticks.getAsLong()));
	}

	/** All is done but the response. */
	synchronized void answers() {
		this.answered = this.ticks.getAsLong();
	}

	synchronized long calledAt(Service service) {
		return this.calls.getOrDefault(service, 0L);
	}

	synchronized @Nullable TraceHeader heardFrom(Service service) {
		Heard heard = this.heard.get(service);
		return (heard != null) ? heard.header : null;
	}

	synchronized long answeredAt() {
		return this.answered;
	}

	/** Whether a called service had said by then that it keeps its part. */
	synchronized boolean hadHeardOfKept(long tick) {
		return this.heard.values()
			.stream()
			.anyMatch((heard) -> heard.tick < tick && heard.header != null && heard.header.sampled());
	}

	private record Heard(@Nullable TraceHeader header, long tick) {

	}

}
