package io.hindspan.benchmarks.sampling;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.hindspan.benchmarks.sampling.Fault.Kind;

/**
 * Works as a reactive application does.
 */
final class ReactiveWorker implements Worker {

	private final Service service;

	private final Journal journal;

	private final Steps steps;

	private final Calls calls;

	ReactiveWorker(Service service, Journal journal, Steps steps, Calls calls) {
		this.service = service;
		this.journal = journal;
		this.steps = steps;
		this.calls = calls;
	}

	@Override
	public void work(Order order, @Nullable String traceParent) {
		start(order, traceParent).block();
	}

	Mono<Void> start(Order order, @Nullable String traceParent) {
		return Mono.defer(() -> {
			Work work = this.journal.begins(order, this.service, traceParent);
			Mono<Void> all = step(order, 0);
			int position = 1;
			for (Hop hop : order.topology().hops(this.service)) {
				all = all.then(this.calls.request(work, order, hop, order.topology().isHandledBy(this.service)))
					.then(step(order, position++));
			}
			return all.doOnTerminate(work::answers);
		});
	}

	private Mono<Void> step(Order order, int position) {
		Kind fault = order.faultAt(this.service, position);
		Mono<Void> step = Mono.fromRunnable(() -> this.steps.take(fault));
		return (fault == Kind.SLOW) ? Mono.delay(Steps.WAIT).then(step) : step;
	}

}
