package io.hindspan.task;

import java.util.concurrent.Callable;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.springframework.context.ApplicationContext;

/**
 * Runs code as an application does: in an observation, and beneath it in a span of
 * OpenTelemetry's API with baggage, which no observation stands for.
 */
final class Traced {

	private final ObservationRegistry registry;

	private final OpenTelemetry openTelemetry;

	Traced(ApplicationContext context) {
		this.registry = context.getBean(ObservationRegistry.class);
		this.openTelemetry = context.getBean(OpenTelemetry.class);
	}

	<T> T call(String name, Callable<T> code) throws Exception {
		Observation observation = Observation.start(name, this.registry);
		try (Observation.Scope scope = observation.openScope()) {
			return code.call();
		}
		finally {
			observation.stop();
		}
	}

	<T> T callInManualSpan(String name, Callable<T> code) throws Exception {
		return call("observed " + name, () -> callInSpan(name, code));
	}

	<T> T callInSpan(String name, Callable<T> code) throws Exception {
		Span span = this.openTelemetry.getTracer("own").spanBuilder(name).startSpan();
		Context context = Context.current().with(span).with(Baggage.current().toBuilder().put("tenant", name).build());
		try (Scope scope = context.makeCurrent()) {
			return code.call();
		}
		finally {
			span.end();
		}
	}

}
