package io.hindspan.redis;

import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.tracing.Tracer;
import io.lettuce.core.tracing.Tracing;

/**
 * Stands for the span of a command that has one already.
 */
final class SentAgain extends Tracer.Span {

	static final SentAgain INSTANCE = new SentAgain();

	private SentAgain() {
	}

	@Override
	public Tracer.Span start(RedisCommand<?, ?, ?> command) {
		return this;
	}

	@Override
	public Tracer.Span name(String name) {
		return this;
	}

	@Override
	public Tracer.Span annotate(String value) {
		return this;
	}

	@Override
	public Tracer.Span tag(String key, String value) {
		return this;
	}

	@Override
	public Tracer.Span error(Throwable throwable) {
		return this;
	}

	@Override
	public Tracer.Span remoteEndpoint(Tracing.Endpoint endpoint) {
		return this;
	}

	@Override
	public void finish() {
	}

}
