package io.hindspan.mongo;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import com.mongodb.RequestContext;
import com.mongodb.reactivestreams.client.ReactiveContextProvider;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.opentelemetry.context.Context;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;

import io.hindspan.span.ParentContext;

/**
 * Tells the commands of a reactive client who has subscribed to them: they are sent by
 * any thread.
 */
class SubscriberContexts implements ReactiveContextProvider {

	@Override
	public RequestContext getContext(Subscriber<?> subscriber) {
		Object observation = (subscriber instanceof CoreSubscriber<?> known)
				? known.currentContext().getOrDefault(ObservationThreadLocalAccessor.KEY, null) : null;
		return new Entries(
				ParentContext.of((observation instanceof Observation given) ? given : null, Context.current()));
	}

	/**
	 * The request context, which belongs to one operation.
	 */
	static final class Entries implements RequestContext {

		private final Map<Object, Object> entries = new ConcurrentHashMap<>();

		Entries(Context context) {
			this.entries.put(Context.class, context);
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> T get(Object key) {
			Object value = this.entries.get(key);
			if (value == null) {
				throw new NoSuchElementException("No value for " + key);
			}
			return (T) value;
		}

		@Override
		public boolean hasKey(Object key) {
			return this.entries.containsKey(key);
		}

		@Override
		public boolean isEmpty() {
			return this.entries.isEmpty();
		}

		@Override
		public void put(Object key, Object value) {
			this.entries.put(key, value);
		}

		@Override
		public void delete(Object key) {
			this.entries.remove(key);
		}

		@Override
		public int size() {
			return this.entries.size();
		}

		@Override
		public Stream<Map.Entry<Object, Object>> stream() {
			return this.entries.entrySet().stream();
		}

	}

}
