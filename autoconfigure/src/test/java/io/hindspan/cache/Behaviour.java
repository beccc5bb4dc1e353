package io.hindspan.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.context.ApplicationContext;

/**
 * What an application can see of its caches: results, exceptions, types, and what is in
 * them.
 */
class Behaviour {

	private final List<String> facts = new ArrayList<>();

	private final CachedTasks tasks;

	private final CacheManager manager;

	private final CacheInterceptor interceptor;

	Behaviour(ApplicationContext context) {
		this.tasks = context.getBean(CachedTasks.class);
		this.manager = context.getBean(CacheManager.class);
		this.interceptor = context.getBean(CacheInterceptor.class);
	}

	List<String> facts() {
		return this.facts;
	}

	void observe() {
		note("manager", () -> this.manager.getClass().getName());
		note("cache", () -> cache().getClass().getName());
		note("error handler", () -> this.interceptor.getErrorHandler().getClass().getName());
		note("key generator", () -> this.interceptor.getKeyGenerator().getClass().getName());
		twice("title", () -> this.tasks.title("1"));
		twice("none", () -> this.tasks.none("2"));
		twice("failing", () -> this.tasks.failing("3"));
		twice("title in sync", () -> this.tasks.titleInSync("4"));
		twice("failing in sync", () -> this.tasks.failingInSync("5"));
		twice("title later", () -> this.tasks.titleLater("6").join());
		twice("title later in sync", () -> this.tasks.titleLaterInSync("7").get());
		twice("failing later in sync", () -> this.tasks.failingLaterInSync("8").get());
		twice("mono", () -> this.tasks.titleMono("9").block());
		twice("flux", () -> this.tasks.titles("10").collectList().block());
		note("rename", () -> this.tasks.rename("1", "renamed"));
		twice("title", () -> this.tasks.title("1"));
		note("remove", () -> {
			this.tasks.remove("1");
			return null;
		});
		note("everything", () -> this.tasks.everything("11"));
		note("contents", this::contents);
		note("remove all", () -> {
			this.tasks.removeAll();
			return null;
		});
		note("contents", this::contents);
		note("calls", this.tasks::calls);
	}

	private Cache cache() {
		Cache cache = this.manager.getCache(CachedTasks.CACHE);
		if (cache == null) {
			throw new IllegalStateException("no cache");
		}
		return cache;
	}

	private String contents() {
		StringBuilder contents = new StringBuilder();
		for (int i = 0; i < 12; i++) {
			Cache.ValueWrapper value = cache().get(String.valueOf(i));
			contents.append((value != null) ? value.get() : "-").append(',');
		}
		return contents.toString();
	}

	private void twice(String what, Callable<?> call) {
		note(what, call);
		note(what, call);
	}

	private void note(String what, Callable<?> call) {
		try {
			this.facts.add(what + ": " + call.call() + " after " + this.tasks.calls());
		}
		catch (Exception ex) {
			this.facts.add(what + ": " + causes(ex) + " after " + this.tasks.calls());
		}
	}

	private static List<String> causes(@Nullable Throwable failure) {
		List<String> causes = new ArrayList<>();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			causes.add(cause + " with "
					+ Arrays.toString(Arrays.stream(cause.getSuppressed())
						.map((suppressed) -> suppressed.getClass().getName())
						.toArray()));
		}
		return causes;
	}

}
