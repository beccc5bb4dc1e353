package io.hindspan.outbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.modulith.events.core.TargetEventPublication;

/**
 * Notes the context of each event that the registry stores, and lets those that are
 * processed again go on with it. Thread-safe.
 */
final class PublicationInterceptor implements MethodInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(PublicationInterceptor.class);

	private final OutboxTracing outbox;

	private final PublicationTraces traces;

	PublicationInterceptor(OutboxTracing outbox, PublicationTraces traces) {
		this.outbox = outbox;
		this.traces = traces;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		switch (invocation.getMethod().getName()) {
			case "store" -> {
				Object stored = invocation.proceed();
				note(stored);
				return stored;
			}
			case "processIncompletePublications", "processFailedPublications" -> {
				continueTraces(invocation.getArguments());
				return invocation.proceed();
			}
			default -> {
				return invocation.proceed();
			}
		}
	}

	private void note(@Nullable Object stored) {
		String context = this.outbox.capture();
		if (context == null || !(stored instanceof Collection<?> publications)) {
			return;
		}
		try {
			List<UUID> ids = new ArrayList<>();
			for (Object publication : publications) {
				if (publication instanceof TargetEventPublication target) {
					ids.add(target.getIdentifier());
				}
			}
			this.traces.note(ids, context);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not note the context of publications", ex);
		}
	}

	@SuppressWarnings("unchecked")
	private void continueTraces(@Nullable Object[] arguments) {
		for (int i = 0; i < arguments.length; i++) {
			// The only consumer among the arguments takes the publications
			if (arguments[i] instanceof Consumer<?> consumer) {
				arguments[i] = continuing((Consumer<TargetEventPublication>) consumer);
			}
		}
	}

	private Consumer<TargetEventPublication> continuing(Consumer<TargetEventPublication> consumer) {
		return (publication) -> this.outbox.relayRun(find(publication), spanName(publication),
				() -> consumer.accept(publication));
	}

	private @Nullable String find(TargetEventPublication publication) {
		try {
			return this.traces.find(publication.getIdentifier());
		}
		catch (RuntimeException ex) {
			logger.debug("Could not find the context of a publication", ex);
			return null;
		}
	}

	/**
	 * An event that cannot be deserialised is for the consumer to find out.
	 */
	private static String spanName(TargetEventPublication publication) {
		try {
			String type = publication.getEvent().getClass().getSimpleName();
			return (type.isEmpty() ? "event" : type) + " resubmit";
		}
		catch (RuntimeException ex) {
			return "event resubmit";
		}
	}

}
