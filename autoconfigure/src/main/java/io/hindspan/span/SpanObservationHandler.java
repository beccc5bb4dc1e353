package io.hindspan.span;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the span of every observation that no other tracing handler claims: with its
 * name, kind and known attributes from the start, in OpenTelemetry's own context. Keeps
 * Micrometer's {@link TracingContext} filled, for everything that reads it. Thread-safe.
 */
final class SpanObservationHandler implements TracingObservationHandler<Observation.Context> {

	/** How many distinct keys of key-values are kept ready, against keys made of ids. */
	private static final int MAX_KEYS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(SpanObservationHandler.class);

	private final AtomicBoolean faultTold = new AtomicBoolean();

	private final ConcurrentMap<String, AttributeKey<String>> keys = new ConcurrentHashMap<>();

	private final Tracer tracer;

	private final InstrumentationTracers tracers;

	private final SpanConventions conventions;

	private final TextMapPropagator propagator;

	private final boolean baggage;

	SpanObservationHandler(Tracer tracer, InstrumentationTracers tracers, SpanConventions conventions,
			TextMapPropagator propagator) {
		this.tracer = tracer;
		this.tracers = tracers;
		this.conventions = conventions;
		this.propagator = propagator;
		this.baggage = !tracer.getBaggageFields().isEmpty();
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return true;
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

	@Override
	public void onStart(Observation.Context context) {
		try {
			begin(context);
		}
		catch (RuntimeException ex) {
			tell(ex);
			if (!(context.get(TracingContext.class) instanceof ObservationSpan)) {
				Context current = Context.current();
				context.put(TracingContext.class,
						new ObservationSpan(Span.fromContext(current), current, null, this.tracers.rules()));
			}
		}
	}

	/**
	 * Conventions are not ours alone, and what one of them throws is no business of the
	 * application's.
	 */
	private void tell(RuntimeException fault) {
		if (this.faultTold.compareAndSet(false, true)) {
			logger.warn("A span could not be described; the observation goes on. This is said once.", fault);
		}
	}

	private void begin(Observation.Context context) {
		SpanConventions.Entry entry = this.conventions.forContext(context);
		SpanConvention<Observation.Context> convention = entry.convention();
		SpanContext linked = SpanContext.getInvalid();
		Context found;
		if (!(context instanceof ReceiverContext<?> receiver)) {
			found = parentContext(context);
		}
		else if (convention.trustsSender(context)) {
			found = extract(receiver, convention);
		}
		else {
			linked = sender(receiver, convention);
			found = UntrustedSender.nothingOf(this.propagator, base(receiver));
		}
		Context parent = convention.parent(context, found);
		Span parentSpan = Span.fromContext(parent);
		if (parentSpan.getSpanContext().isValid() && convention.beginsTrace(context, parentSpan)) {
			linked = parentSpan.getSpanContext();
			parentSpan = Span.getInvalid();
			parent = parent.with(parentSpan);
		}
		ObservationSpan started;
		if (this.tracers.rules().leavesOut(parentSpan) || convention.leavesOut(context, parentSpan)) {
			started = new ObservationSpan(parentSpan, parent, null, this.tracers.rules());
		}
		else if (this.tracers.rules().dropsRootUnder(parentSpan, parent)) {
			Span span = unrecorded(parentSpan.getSpanContext());
			started = new ObservationSpan(span, this.tracers.contextOf(parent, span), entry, this.tracers.rules());
		}
		else {
			started = start(context, entry, parent, linked);
		}
		context.put(TracingContext.class, started);
		if (context instanceof SenderContext<?> sender) {
			inject(sender, convention, started);
		}
		convention.started(context, started.span());
	}

	private ObservationSpan start(Observation.Context context, SpanConventions.Entry entry, Context parent,
			SpanContext linked) {
		SpanConvention<Observation.Context> convention = entry.convention();
		SpanBuilder builder = entry.tracer()
			.spanBuilder(convention.nameAtStart(context))
			.setSpanKind(convention.kind(context))
			.setParent(parent);
		if (linked.isValid()) {
			builder.addLink(linked);
		}
		convention.attributesAtStart(context, this.tracers.rules().attributes(builder));
		Span span = builder.startSpan();
		return new ObservationSpan(span, this.tracers.contextOf(parent, span), entry, this.tracers.rules());
	}

	private static Context parentContext(Observation.Context context) {
		Context current = (context instanceof StartedForCaller started) ? started.callersContext() : Context.current();
		TracingContext given = context.get(TracingContext.class);
		ObservationView parent = context.getParentObservation();
		return (given != null) ? ParentContext.of(given, parent, current) : ParentContext.of(parent, current);
	}

	@SuppressWarnings("unchecked")
	private Context extract(ReceiverContext<?> context, SpanConvention<Observation.Context> convention) {
		Object carrier = context.getCarrier();
		return (carrier != null)
				? this.propagator.extract(base(context), carrier, getter((ReceiverContext<Object>) context, convention))
				: Context.current();
	}

	/**
	 * A message belongs to the trace that it carries, whatever its thread did before.
	 */
	private static Context base(ReceiverContext<?> context) {
		return (context.getKind() == Kind.CONSUMER) ? Context.root() : Context.current();
	}

	private static TextMapGetter<Object> getter(ReceiverContext<Object> context,
			SpanConvention<Observation.Context> convention) {
		TextMapGetter<Object> getter = convention.getter(context);
		return (getter != null) ? getter : new ReceiverGetter(context);
	}

	@SuppressWarnings("unchecked")
	private SpanContext sender(ReceiverContext<?> context, SpanConvention<Observation.Context> convention) {
		Object carrier = context.getCarrier();
		return (carrier != null) ? UntrustedSender.spanOf(this.propagator, carrier,
				getter((ReceiverContext<Object>) context, convention)) : SpanContext.getInvalid();
	}

	@SuppressWarnings("unchecked")
	private void inject(SenderContext<?> context, SpanConvention<Observation.Context> convention,
			ObservationSpan started) {
		Object carrier = context.getCarrier();
		if (carrier != null) {
			Context sent = (started.entry() != null) ? started.context() : withOwnSpanId(started.context());
			TextMapSetter<Object> setter = convention.setter(context);
			this.propagator.inject(sent, carrier,
					(setter != null) ? setter : ((SenderContext<Object>) context).getSetter()::set);
		}
	}

	/**
	 * Each outgoing request has an id of its own, even where nobody records its span.
	 * @see <a href="https://www.w3.org/TR/trace-context-2/#parent-id">parent-id</a>
	 */
	private static Context withOwnSpanId(Context context) {
		return context.with(unrecorded(Span.fromContext(context).getSpanContext()));
	}

	private static Span unrecorded(SpanContext parent) {
		return Span.wrap(SpanContext.create(parent.getTraceId(), IdGenerator.random().generateSpanId(),
				parent.getTraceFlags(), parent.getTraceState()));
	}

	@Override
	public void onScopeOpened(Observation.Context context) {
		TracingContext tracingContext = context.get(TracingContext.class);
		if (!this.baggage && tracingContext instanceof ObservationSpan started) {
			started.openScope();
		}
		else {
			// Fields of baggage may be among the key-values. The null observation, which
			// clears the context, has no span
			TracingObservationHandler.super.onScopeOpened(context);
		}
	}

	@Override
	public void onError(Observation.Context context) {
		// Told at the end, when it is known whether it was an error at all
	}

	@Override
	public void onEvent(Observation.Event event, Observation.Context context) {
		if (context.get(TracingContext.class) instanceof ObservationSpan started && started.entry() != null
				&& !started.entry().convention().leavesOut(event)) {
			long timestamp = event.getWallTime();
			if (timestamp == 0) {
				started.span().addEvent(event.getContextualName());
			}
			else {
				started.span().addEvent(event.getContextualName(), timestamp, TimeUnit.MILLISECONDS);
			}
		}
	}

	@Override
	public void onStop(Observation.Context context) {
		if (!(context.get(TracingContext.class) instanceof ObservationSpan started)) {
			return;
		}
		SpanConventions.Entry entry = started.entry();
		Span span = started.span();
		if (entry == null) {
			// Of a span that is recorded, even if it has ended on another thread
			if (span instanceof ReadableSpan) {
				endLeftOut(context, started);
			}
			return;
		}
		boolean endsLater = false;
		try {
			if (span.isRecording()) {
				describe(context, entry.convention(), started);
				endsLater = entry.convention().endsLater(context, span);
			}
		}
		catch (RuntimeException ex) {
			tell(ex);
		}
		finally {
			if (!endsLater) {
				span.end();
			}
		}
	}

	private void endLeftOut(Observation.Context context, ObservationSpan parent) {
		try {
			this.conventions.forContext(context).convention().endedLeftOut(context, parent.span(), parent);
		}
		catch (RuntimeException ex) {
			tell(ex);
		}
	}

	private void describe(Observation.Context context, SpanConvention<Observation.Context> convention,
			ObservationSpan started) {
		Span span = started.span();
		writeKeyValues(context.getLowCardinalityKeyValues(), convention, span);
		writeKeyValues(context.getHighCardinalityKeyValues(), convention, span);
		convention.attributesAtEnd(context, started);
		convention.ending(context, span);
		String name = convention.nameAtEnd(context);
		if (name != null) {
			span.updateName(name);
		}
		this.tracers.rules().end(span, started.context(), convention.outcome(context));
	}

	private void writeKeyValues(KeyValues keyValues, SpanConvention<Observation.Context> convention, Span span) {
		for (KeyValue keyValue : keyValues) {
			String key = keyValue.getKey();
			if (!convention.covers(key)) {
				span.setAttribute(attributeKey(key), keyValue.getValue());
			}
		}
	}

	private AttributeKey<String> attributeKey(String key) {
		AttributeKey<String> known = this.keys.get(key);
		if (known != null) {
			return known;
		}
		AttributeKey<String> created = AttributeKey.stringKey(key);
		if (this.keys.size() < MAX_KEYS) {
			this.keys.put(key, created);
		}
		return created;
	}

	/**
	 * Reads headers through the getter of the observation's context.
	 *
	 * @param context the context
	 */
	private record ReceiverGetter(ReceiverContext<Object> context) implements TextMapGetter<Object> {

		@Override
		public Iterable<String> keys(Object carrier) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable Object carrier, String key) {
			return (carrier != null) ? this.context.getGetter().get(carrier, key) : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable Object carrier, String key) {
			if (carrier == null) {
				return Collections.emptyIterator();
			}
			return this.context.getGetter().getAll(carrier, key).iterator();
		}

	}

}
