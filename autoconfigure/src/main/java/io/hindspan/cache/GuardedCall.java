package io.hindspan.cache;

import io.hindspan.core.FaultGuard;

/**
 * Keeps what goes wrong with telling an operation away from the cached method.
 *
 * @param call what is told
 * @param guard what keeps faults away
 */
record GuardedCall(CacheCall call, FaultGuard guard) implements CacheCall {

	@Override
	public void found(boolean hit) {
		this.guard.run(() -> this.call.found(hit));
	}

	@Override
	public void done() {
		this.guard.run(this.call::done);
	}

	@Override
	public void failed(Throwable failure) {
		this.guard.run(() -> this.call.failed(failure));
	}

	@Override
	public void leave() {
		this.guard.run(this.call::leave);
	}

	@Override
	public void end() {
		this.guard.run(this.call::end);
	}

}
