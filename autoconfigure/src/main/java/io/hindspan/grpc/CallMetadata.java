package io.hindspan.grpc;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.InstrumentationTracers;

/**
 * Carries the trace in a call's metadata. Thread-safe.
 */
final class CallMetadata {

	/** The names depend on configuration, except where a format makes them of baggage. */
	private static final int MAX_KEYS = 100;

	private static final ContextKey<Metadata> TRACED = ContextKey.named("hindspan-grpc-call");

	private final ConcurrentMap<String, Metadata.Key<String>> keys = new ConcurrentHashMap<>();

	private final InstrumentationTracers tracers;

	CallMetadata(InstrumentationTracers tracers) {
		this.tracers = tracers;
	}

	/**
	 * Remembers in the context of a call whose call it is.
	 */
	static Context mark(Context context, Metadata headers) {
		return context.with(TRACED, headers);
	}

	/**
	 * Whether the current span is already that of this call.
	 */
	static boolean isTraced(@Nullable Object headers) {
		return headers != null && Context.current().get(TRACED) == headers;
	}

	void inject(Context context, Metadata headers) {
		this.tracers.inject(context, (name, value) -> {
			Metadata.Key<String> key = key(name);
			if (key != null) {
				headers.discardAll(key);
				headers.put(key, value);
			}
		});
	}

	Context extract(Context context, Metadata headers) {
		return this.tracers.extract(context, (name) -> value(headers, name));
	}

	/**
	 * The span of a caller who is not believed, for a link.
	 */
	SpanContext untrustedSender(Metadata headers) {
		return this.tracers.untrustedSender((name) -> value(headers, name));
	}

	private @Nullable String value(Metadata headers, String name) {
		Metadata.Key<String> key = key(name);
		return (key != null) ? all(headers.getAll(key)) : null;
	}

	/**
	 * What came in several pieces is one list, as in HTTP.
	 */
	private static @Nullable String all(@Nullable Iterable<String> values) {
		if (values == null) {
			return null;
		}
		Iterator<String> iterator = values.iterator();
		String first = iterator.next();
		if (!iterator.hasNext()) {
			return first;
		}
		StringBuilder joined = new StringBuilder(first);
		iterator.forEachRemaining((value) -> joined.append(',').append(value));
		return joined.toString();
	}

	private Metadata.@Nullable Key<String> key(String name) {
		Metadata.Key<String> known = this.keys.get(name);
		if (known != null) {
			return known;
		}
		try {
			Metadata.Key<String> created = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
			if (this.keys.size() < MAX_KEYS) {
				this.keys.put(name, created);
			}
			return created;
		}
		catch (IllegalArgumentException ex) {
			// No name that metadata can have
			return null;
		}
	}

}
