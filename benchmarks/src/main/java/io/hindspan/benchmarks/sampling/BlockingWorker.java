package io.hindspan.benchmarks.sampling;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.hindspan.benchmarks.sampling.Fault.Kind;

/**
 * Works as an application does that has a thread for each request.
 */
final class BlockingWorker implements Worker {

	private final Service service;

	private final Journal journal;

	private final Steps steps;

	private final Calls calls;

	BlockingWorker(Service service, Journal journal, Steps steps, Calls calls) {
		this.service = service;
		this.journal = journal;
		this.steps = steps;
		this.calls = calls;
	}

	@Override
	public void work(Order order, @Nullable String traceParent) {
		Work work = this.journal.begins(order, this.service, traceParent);
		Topology topology = order.topology();
		try {
			step(order, 0);
			if (topology.isConcurrent(this.service)) {
				this.calls.callAll(work, order, this.service);
				step(order, 1);
				return;
			}
			List<Hop> hops = topology.hops(this.service);
			for (int i = 0; i < hops.size(); i++) {
				this.calls.call(work, order, hops.get(i), topology.isHandledBy(this.service));
				step(order, i + 1);
			}
		}
		finally {
			work.answers();
		}
	}

	private void step(Order order, int position) {
		Kind fault = order.faultAt(this.service, position);
		if (fault == Kind.SLOW) {
			long end = System.nanoTime() + Steps.WAIT.toNanos();
			for (long left = Steps.WAIT.toNanos(); left > 0; left = end - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
		}
		this.steps.take(fault);
	}

}
