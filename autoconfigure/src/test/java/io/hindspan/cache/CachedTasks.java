package io.hindspan.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A service with every kind of cached method.
 */
@CacheConfig(cacheNames = CachedTasks.CACHE)
class CachedTasks {

	static final String CACHE = "hindspan-tasks";

	static final String OTHER_CACHE = "hindspan-projects";

	private final Executor executor = Context.taskWrapping((Executor) (work) -> new Thread(work, "later").start());

	private final AtomicInteger calls = new AtomicInteger();

	int calls() {
		return this.calls.get();
	}

	@Cacheable
	public String title(String id) {
		this.calls.incrementAndGet();
		return "title of " + id;
	}

	@Cacheable
	public @Nullable String none(String id) {
		this.calls.incrementAndGet();
		return null;
	}

	@Cacheable
	public String failing(String id) {
		throw new IllegalArgumentException("no task " + id);
	}

	@Cacheable(sync = true)
	public String titleInSync(String id) {
		this.calls.incrementAndGet();
		return "title of " + id;
	}

	@Cacheable(sync = true)
	public String failingInSync(String id) {
		throw new IllegalArgumentException("no task " + id);
	}

	@Cacheable
	public CompletableFuture<String> titleLater(String id) {
		return CompletableFuture.supplyAsync(() -> title(id), this.executor);
	}

	@Cacheable(sync = true)
	public CompletableFuture<String> titleLaterInSync(String id) {
		return CompletableFuture.supplyAsync(() -> title(id), this.executor);
	}

	@Cacheable(sync = true)
	public CompletableFuture<String> failingLaterInSync(String id) {
		return CompletableFuture.supplyAsync(() -> failing(id), this.executor);
	}

	@Cacheable
	public Mono<String> titleMono(String id) {
		return Mono.fromSupplier(() -> title(id));
	}

	@Cacheable
	public Flux<String> titles(String id) {
		return Flux.defer(() -> Flux.just(title(id), "and another"));
	}

	@CachePut(key = "#id")
	public String rename(String id, String title) {
		return title;
	}

	@CacheEvict
	public void remove(String id) {
	}

	@CacheEvict(allEntries = true, beforeInvocation = true)
	public void removeAll() {
	}

	@Caching(cacheable = @Cacheable(OTHER_CACHE), put = @CachePut(CACHE), evict = @CacheEvict(CACHE))
	public String everything(String id) {
		return "everything of " + id;
	}

}
