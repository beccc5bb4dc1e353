package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties.Propagation;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties.Propagation.PropagationType;

import io.hindspan.propagation.PropagationProperties.Format;

/**
 * The formats that {@code management.tracing.propagation},
 * {@code management.tracing.baggage} and {@code hindspan.propagation} ask for. Writes all
 * of those that are produced; of those that are consumed, the first with a valid span
 * counts. Baggage is read whichever format that was, and whether there was one at all.
 * Immutable.
 */
final class FormatsPropagator implements TextMapPropagator {

	private final TextMapPropagator[] injectors;

	private final TextMapPropagator[] extractors;

	private final TextMapPropagator[] baggageExtractors;

	private final Collection<String> fields;

	private FormatsPropagator(List<TextMapPropagator> injectors, List<TextMapPropagator> extractors,
			List<TextMapPropagator> baggageExtractors) {
		this.injectors = injectors.toArray(TextMapPropagator[]::new);
		this.extractors = extractors.toArray(TextMapPropagator[]::new);
		this.baggageExtractors = baggageExtractors.toArray(TextMapPropagator[]::new);
		Set<String> names = new LinkedHashSet<>();
		for (List<TextMapPropagator> propagators : List.of(injectors, extractors, baggageExtractors)) {
			propagators.forEach((propagator) -> names.addAll(propagator.fields()));
		}
		this.fields = List.copyOf(names);
	}

	static FormatsPropagator of(TracingProperties properties, PropagationProperties more) {
		Propagation propagation = properties.getPropagation();
		List<PropagationType> type = propagation.getType();
		List<PropagationType> produced = (type != null) ? type : propagation.getProduce();
		List<PropagationType> consumed = (type != null) ? type : propagation.getConsume();
		TracingProperties.Baggage baggage = properties.getBaggage();
		List<TextMapPropagator> injectors = new ArrayList<>(propagatorsOfTypes(produced));
		injectors.addAll(propagators(more.produce()));
		injectors.addAll(baggagePropagators(baggage, produced));
		List<TextMapPropagator> extractors = new ArrayList<>(withoutSecondB3(consumed));
		extractors.addAll(propagators(more.consume()));
		return new FormatsPropagator(injectors, extractors, baggagePropagators(baggage, consumed));
	}

	private static List<TextMapPropagator> propagators(Collection<Format> formats) {
		return new LinkedHashSet<>(formats).stream().map(Format::propagator).toList();
	}

	private static List<TextMapPropagator> propagatorsOfTypes(Collection<PropagationType> types) {
		return new LinkedHashSet<>(types).stream().map(FormatsPropagator::propagator).toList();
	}

	private static TextMapPropagator propagator(PropagationType type) {
		return switch (type) {
			case W3C -> new TraceContextPropagator();
			case B3 -> new BoundedB3Propagator(B3Propagator.injectingSingleHeader());
			case B3_MULTI -> new BoundedB3Propagator(B3Propagator.injectingMultiHeaders());
		};
	}

	/**
	 * Both kinds of B3 read both kinds of headers, so that one of them is enough.
	 */
	private static List<TextMapPropagator> withoutSecondB3(Collection<PropagationType> types) {
		Set<PropagationType> distinct = new LinkedHashSet<>();
		boolean readsB3 = false;
		for (PropagationType type : types) {
			boolean isB3 = type != PropagationType.W3C;
			if (!isB3 || !readsB3) {
				distinct.add(type);
			}
			readsB3 |= isB3;
		}
		return propagatorsOfTypes(distinct);
	}

	private static List<TextMapPropagator> baggagePropagators(TracingProperties.Baggage baggage,
			Collection<PropagationType> types) {
		List<TextMapPropagator> propagators = new ArrayList<>();
		if (baggage.isEnabled()) {
			if (types.contains(PropagationType.W3C)) {
				propagators.add(new BaggagePropagator());
			}
			if (!baggage.getRemoteFields().isEmpty()) {
				propagators.add(new RemoteFieldsPropagator(baggage.getRemoteFields()));
			}
		}
		return propagators;
	}

	@Override
	public Collection<String> fields() {
		return this.fields;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		for (TextMapPropagator injector : this.injectors) {
			injector.inject(context, carrier, setter);
		}
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Context result = context;
		for (TextMapPropagator extractor : this.extractors) {
			Context extracted = extractor.extract(context, carrier, getter);
			if (extracted != context && Span.fromContext(extracted).getSpanContext().isValid()) {
				result = extracted;
				break;
			}
		}
		for (TextMapPropagator extractor : this.baggageExtractors) {
			result = extractor.extract(result, carrier, getter);
		}
		return result;
	}

	@Override
	public String toString() {
		return "FormatsPropagator" + this.fields;
	}

}
