package io.hindspan.propagation;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.Verdict;

/**
 * Asks the application's propagators and Hindspan's own, one after the other, on the same
 * context. What one of them throws, or the carrier, stays here: the others go on, and the
 * application does not notice. Thread-safe.
 */
final class PropagatorChain implements TextMapPropagator {

	private static final Log logger = LogFactory.getLog(PropagatorChain.class);

	private final AtomicBoolean told = new AtomicBoolean();

	private final TextMapPropagator[] propagators;

	private final Collection<String> fields;

	PropagatorChain(List<TextMapPropagator> propagators) {
		this.propagators = propagators.toArray(TextMapPropagator[]::new);
		Set<String> names = new LinkedHashSet<>();
		propagators.forEach((propagator) -> names.addAll(propagator.fields()));
		this.fields = List.copyOf(names);
	}

	@Override
	public Collection<String> fields() {
		return this.fields;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		Context told = withVerdict(context);
		for (TextMapPropagator propagator : this.propagators) {
			try {
				propagator.inject(told, carrier, setter);
			}
			catch (RuntimeException ex) {
				tell(propagator, ex);
			}
		}
	}

	/**
	 * Tells other services what is known by now of a trace that was not sampled when it
	 * began.
	 */
	private static Context withVerdict(Context context) {
		SpanContext spanContext = Span.fromContext(context).getSpanContext();
		if (spanContext.isSampled() || !Verdict.isKept(spanContext)) {
			return context;
		}
		byte flags = (byte) (spanContext.getTraceFlags().asByte() | TraceFlags.getSampled().asByte());
		return context.with(Span.wrap(SpanContext.create(spanContext.getTraceId(), spanContext.getSpanId(),
				TraceFlags.fromByte(flags), spanContext.getTraceState())));
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Context result = context;
		for (TextMapPropagator propagator : this.propagators) {
			try {
				result = propagator.extract(result, carrier, getter);
			}
			catch (RuntimeException ex) {
				tell(propagator, ex);
			}
		}
		return result;
	}

	private void tell(TextMapPropagator propagator, RuntimeException exception) {
		if (this.told.compareAndSet(false, true)) {
			logger.warn("Propagator [" + propagator
					+ "] failed and was passed over. Further failures are logged at debug level", exception);
		}
		else {
			logger.debug("Propagator [" + propagator + "] failed and was passed over", exception);
		}
	}

	@Override
	public String toString() {
		return "PropagatorChain" + this.fields;
	}

}
