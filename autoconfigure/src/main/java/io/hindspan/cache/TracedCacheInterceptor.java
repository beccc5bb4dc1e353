package io.hindspan.cache;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheInterceptor;

import io.hindspan.core.FaultGuard;

/**
 * Works as the interceptor that it takes the place of, and tells what it does with each
 * cache. Caches and their managers stay what they are. The methods are those of
 * {@link org.springframework.cache.interceptor.AbstractCacheInvoker} with the failure
 * told before the error handler hears of it, which may swallow it.
 */
@SuppressWarnings("serial")
final class TracedCacheInterceptor extends CacheInterceptor {

	private final transient ObjectProvider<CacheTracing> provider;

	private final transient FaultGuard guard = new FaultGuard("a cache");

	private transient @Nullable CacheTracing tracing;

	TracedCacheInterceptor(CacheInterceptor original, ObjectProvider<CacheTracing> provider) {
		this.provider = provider;
		setCacheOperationSource(original.getCacheOperationSource());
		configure(original::getErrorHandler, original::getKeyGenerator, original::getCacheResolver, null);
	}

	@Override
	public void afterSingletonsInstantiated() {
		super.afterSingletonsInstantiated();
		this.tracing = this.provider.getIfAvailable();
	}

	private @Nullable CacheCall begin(Operation operation, Cache cache, @Nullable Object key) {
		CacheTracing tracing = this.tracing;
		CacheCall call = (tracing != null) ? this.guard.get(() -> tracing.begin(operation, cache, key)) : null;
		return (call != null) ? new GuardedCall(call, this.guard) : null;
	}

	@Override
	protected Cache.@Nullable ValueWrapper doGet(Cache cache, Object key) {
		CacheCall call = begin(Operation.GET, cache, key);
		if (call == null) {
			return super.doGet(cache, key);
		}
		try {
			Cache.ValueWrapper value = cache.get(key);
			call.found(value != null);
			return value;
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			getErrorHandler().handleCacheGetError(ex, cache, key);
			return null;
		}
		finally {
			call.close();
		}
	}

	@Override
	protected <T> @Nullable T doGet(Cache cache, Object key, Callable<T> valueLoader) {
		CacheCall call = begin(Operation.GET, cache, key);
		if (call == null) {
			return super.doGet(cache, key, valueLoader);
		}
		Load load = new Load(call);
		try {
			T value = cache.get(key, () -> {
				load.begin();
				return valueLoader.call();
			});
			load.found();
			return value;
		}
		catch (Cache.ValueRetrievalException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			getErrorHandler().handleCacheGetError(ex, cache, key);
			try {
				return valueLoader.call();
			}
			catch (Exception ex2) {
				throw new Cache.ValueRetrievalException(key, valueLoader, ex);
			}
		}
		finally {
			call.close();
		}
	}

	@Override
	protected @Nullable CompletableFuture<?> doRetrieve(Cache cache, Object key) {
		Context context = Context.current();
		CacheCall call = begin(Operation.GET, cache, key);
		if (call == null) {
			return super.doRetrieve(cache, key);
		}
		try {
			CompletableFuture<?> future = cache.retrieve(key);
			if (future == null) {
				call.found(false);
				call.end();
				return null;
			}
			return ToldFuture.of(future, context, this.guard, (value, failure) -> {
				if (failure != null) {
					call.failed(unwrap(failure));
				}
				else {
					call.found(value != null);
				}
				call.end();
			});
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			call.end();
			getErrorHandler().handleCacheGetError(ex, cache, key);
			return null;
		}
		finally {
			call.leave();
		}
	}

	@Override
	protected <T> CompletableFuture<T> doRetrieve(Cache cache, Object key, Supplier<CompletableFuture<T>> valueLoader) {
		Context context = Context.current();
		CacheCall call = begin(Operation.GET, cache, key);
		if (call == null) {
			return super.doRetrieve(cache, key, valueLoader);
		}
		Load load = new Load(call);
		try {
			return ToldFuture.of(cache.retrieve(key, () -> {
				load.begin();
				return valueLoader.get();
			}), context, this.guard, (value, failure) -> {
				if (failure == null) {
					load.found();
				}
				else if (!load.begun) {
					call.failed(unwrap(failure));
				}
				call.end();
			});
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			call.end();
			getErrorHandler().handleCacheGetError(ex, cache, key);
			return valueLoader.get();
		}
		finally {
			call.leave();
		}
	}

	private static Throwable unwrap(Throwable failure) {
		return (failure instanceof CompletionException) ? Objects.requireNonNullElse(failure.getCause(), failure)
				: failure;
	}

	@Override
	protected void doPut(Cache cache, Object key, @Nullable Object value) {
		CacheCall call = begin(Operation.PUT, cache, key);
		if (call == null) {
			super.doPut(cache, key, value);
			return;
		}
		try {
			cache.put(key, value);
			call.done();
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			getErrorHandler().handleCachePutError(ex, cache, key, value);
		}
		finally {
			call.close();
		}
	}

	@Override
	protected void doEvict(Cache cache, Object key, boolean immediate) {
		CacheCall call = begin(Operation.EVICT, cache, key);
		if (call == null) {
			super.doEvict(cache, key, immediate);
			return;
		}
		try {
			if (immediate) {
				cache.evictIfPresent(key);
			}
			else {
				cache.evict(key);
			}
			call.done();
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			getErrorHandler().handleCacheEvictError(ex, cache, key);
		}
		finally {
			call.close();
		}
	}

	@Override
	protected void doClear(Cache cache, boolean immediate) {
		CacheCall call = begin(Operation.CLEAR, cache, null);
		if (call == null) {
			super.doClear(cache, immediate);
			return;
		}
		try {
			if (immediate) {
				cache.invalidate();
			}
			else {
				cache.clear();
			}
			call.done();
		}
		catch (RuntimeException ex) {
			call.failed(ex);
			getErrorHandler().handleCacheClearError(ex, cache);
		}
		finally {
			call.close();
		}
	}

	/**
	 * A lookup that loads what is not there, which is when the miss is told: before what
	 * the load does. A thread that waits for the load of another has a hit.
	 */
	private static final class Load {

		private final CacheCall call;

		private volatile boolean begun;

		Load(CacheCall call) {
			this.call = call;
		}

		void begin() {
			this.begun = true;
			this.call.found(false);
		}

		void found() {
			if (!this.begun) {
				this.call.found(true);
			}
		}

	}

}
