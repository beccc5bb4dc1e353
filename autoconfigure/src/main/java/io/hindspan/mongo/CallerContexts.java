package io.hindspan.mongo;

import com.mongodb.RequestContext;
import com.mongodb.client.SynchronousContextProvider;
import io.opentelemetry.context.Context;

/**
 * For both kinds of clients: Spring Boot builds them with the same settings, and each
 * accepts no provider but its own.
 */
final class CallerContexts extends SubscriberContexts implements SynchronousContextProvider {

	@Override
	public RequestContext getContext() {
		return new Entries(Context.current());
	}

}
