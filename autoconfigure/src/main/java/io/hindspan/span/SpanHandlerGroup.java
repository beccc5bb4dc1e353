package io.hindspan.span;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry.ObservationConfig;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationHandlerGroup;

/**
 * Puts the tracing handlers in order: those of the application and of third parties, for
 * the contexts that they support, then the one of Hindspan for all others. Spring Boot's
 * three, which would never be reached, are left out. A group of its own is the only way
 * to come after handlers that have no order.
 */
final class SpanHandlerGroup implements ObservationHandlerGroup {

	@Override
	public boolean isMember(ObservationHandler<?> handler) {
		return handler instanceof TracingObservationHandler<?>;
	}

	@Override
	public int compareTo(ObservationHandlerGroup other) {
		return (other instanceof SpanHandlerGroup) ? 0 : -1;
	}

	@Override
	public void registerMembers(ObservationConfig config, List<ObservationHandler<?>> members) {
		List<ObservationHandler<?>> inOrder = new ArrayList<>(members.size());
		ObservationHandler<?> own = null;
		for (ObservationHandler<?> member : members) {
			if (member instanceof SpanObservationHandler) {
				own = member;
			}
			else if (!isOfSpringBoot(member)) {
				inOrder.add(member);
			}
		}
		if (own != null) {
			inOrder.add(own);
		}
		config.observationHandler(new FirstMatchingCompositeObservationHandler(inOrder));
	}

	private boolean isOfSpringBoot(ObservationHandler<?> handler) {
		Class<?> type = handler.getClass();
		return type == DefaultTracingObservationHandler.class
				|| type == PropagatingSenderTracingObservationHandler.class
				|| type == PropagatingReceiverTracingObservationHandler.class;
	}

	@Override
	public Class<?> handlerType() {
		return TracingObservationHandler.class;
	}

}
