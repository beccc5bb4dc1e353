package io.hindspan.outbox;

import java.util.Collection;
import java.util.function.Consumer;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.modulith.events.core.TargetEventPublication;

/**
 * Notes the context of each event that the registry stores, and lets those that are
 * processed again go on with it. Thread-safe.
 */
final class PublicationInterceptor implements MethodInterceptor {

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
				String context = this.outbox.capture();
				if (context != null && stored instanceof Collection<?> publications) {
					publications.forEach((publication) -> note(publication, context));
				}
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

	private void note(@Nullable Object stored, String context) {
		if (stored instanceof TargetEventPublication publication) {
			this.traces.note(publication.getIdentifier(), context);
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
		return (publication) -> this.outbox.relayRun(this.traces.find(publication.getIdentifier()),
				publication.getEvent().getClass().getSimpleName() + " resubmit", () -> consumer.accept(publication));
	}

}
