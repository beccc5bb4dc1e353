package io.hindspan.httpclient;

import feign.Capability;
import feign.Client;

import io.hindspan.span.InstrumentationTracers;

/**
 * Traces the requests of Feign. Spring Cloud OpenFeign gives it to each
 * {@code @FeignClient} as it is a bean; a client that is built by hand asks for it:
 *
 * <pre class="code">
 * this.tasks = Feign.builder().addCapability(tracing).target(Tasks.class, url);
 * </pre>
 *
 * Thread-safe.
 */
public final class FeignTracing implements Capability {

	private final InstrumentationTracers tracers;

	private final FeignRequestSpan span;

	FeignTracing(InstrumentationTracers tracers, FeignRequestSpan span) {
		this.tracers = tracers;
		this.span = span;
	}

	@Override
	public Client enrich(Client client) {
		return new TracedFeignClient(client, this.tracers, this.span);
	}

}
