package io.hindspan.propagation;

import java.util.Collection;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Writes the chosen fields of the baggage on every span that begins while they are there,
 * whoever begins it: the first of a request or a message from the baggage that came with
 * it, all others from what is current. An attribute is named as its field. Thread-safe.
 */
final class BaggageAttributes implements SpanProcessor {

	private final String[] fields;

	BaggageAttributes(Collection<String> fields) {
		this.fields = fields.toArray(String[]::new);
	}

	@Override
	public void onStart(Context parent, ReadWriteSpan span) {
		Baggage baggage = Baggage.fromContext(parent);
		if (baggage.isEmpty()) {
			return;
		}
		for (String field : this.fields) {
			String value = baggage.getEntryValue(field);
			if (value != null) {
				span.setAttribute(field, value);
			}
		}
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
	}

	@Override
	public boolean isEndRequired() {
		return false;
	}

	@Override
	public String toString() {
		return "BaggageAttributes";
	}

}
