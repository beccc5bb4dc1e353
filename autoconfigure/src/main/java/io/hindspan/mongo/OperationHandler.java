package io.hindspan.mongo;

import java.time.Instant;

import com.mongodb.observability.micrometer.MongodbObservation;
import com.mongodb.observability.micrometer.MongodbObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import io.opentelemetry.context.Context;

/**
 * Sees the operations of a synchronous client that fail before a command is sent, as no
 * server could be found: of these no listener hears. The driver's observations are good
 * for nothing else here, so they go to a registry of their own and are no meters.
 */
final class OperationHandler implements ObservationHandler<MongodbObservationContext> {

	private final CommandTracer tracer;

	OperationHandler(CommandTracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof MongodbObservationContext;
	}

	@Override
	public void onStart(MongodbObservationContext context) {
		if (context.getObservationType() == MongodbObservation.MONGODB_OPERATION) {
			context.put(Called.class, new Called(Context.current(), Instant.now()));
		}
		else if (context.getObservationType() == MongodbObservation.MONGODB_COMMAND) {
			ObservationView operation = context.getParentObservation();
			if (operation != null && operation.getContextView() instanceof MongodbObservationContext sent) {
				sent.remove(Called.class);
			}
		}
	}

	@Override
	public void onStop(MongodbObservationContext context) {
		Called called = context.get(Called.class);
		Throwable failure = context.getError();
		String name = context.getCommandName();
		if (called != null && failure != null && name != null && !Command.isHousekeeping(name)) {
			this.tracer.notSent(new UnsentOperation(name, context.getDatabaseName(), context.getCollectionName(),
					called.context(), called.start()), failure);
		}
	}

	private record Called(Context context, Instant start) {

	}

}
