package io.hindspan.cache;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * Tells each operation as an event of the span that it is done in, and how many there
 * were.
 */
final class CacheEvents implements CacheTracing {

	static final int MOST = 16;

	private final CacheDescriptions descriptions = new CacheDescriptions();

	private final boolean keys;

	CacheEvents(boolean keys) {
		this.keys = keys;
	}

	@Override
	public @Nullable CacheCall begin(Operation operation, Cache cache, @Nullable Object key) {
		Span span = Span.current();
		return span.isRecording() ? new Call(span, operation, this.descriptions.get(cache), this.keys ? key : null)
				: null;
	}

	private static void write(Span span, String name, Attributes attributes, @Nullable Object key) {
		if (isAmongTheFirst(span)) {
			String hash = KeyHash.of(key);
			span.addEvent(name, (hash == null) ? attributes
					: attributes.toBuilder().put(CacheAttributes.KEY.stable(), hash).build());
		}
	}

	/**
	 * The count is kept where it is read, on the span. Without the lock, threads that
	 * share a span would lose some.
	 */
	private static boolean isAmongTheFirst(Span span) {
		if (!(span instanceof ReadableSpan readable)) {
			return true;
		}
		synchronized (span) {
			Long before = readable.getAttribute(CacheAttributes.OPERATION_COUNT.stable());
			long count = (before != null) ? before + 1 : 1;
			span.setAttribute(CacheAttributes.OPERATION_COUNT.stable(), count);
			return count <= MOST;
		}
	}

	private record Call(Span span, Operation operation, CacheDescription cache,
			@Nullable Object key) implements CacheCall {

		@Override
		public void found(boolean hit) {
			write(this.span, hit ? "cache_hit" : "cache_miss", this.cache.ofLookup(hit), this.key);
		}

		@Override
		public void done() {
			write(this.span, "cache_" + this.operation, this.cache.of(this.operation), this.key);
		}

		@Override
		public void failed(Throwable failure) {
			AttributesBuilder attributes = this.cache.of(this.operation).toBuilder();
			attributes.put(CacheAttributes.ERROR_TYPE.stable(), failure.getClass().getName());
			write(this.span, "cache_error", attributes.build(), this.key);
		}

		@Override
		public void leave() {
		}

		@Override
		public void end() {
		}

	}

}
