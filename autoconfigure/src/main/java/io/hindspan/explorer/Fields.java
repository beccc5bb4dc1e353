package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.opentelemetry.api.common.Attributes;

import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * The names that a query can ask for, with the values that are most frequent.
 */
final class Fields {

	private static final int MOST_NAMES = 1000;

	private static final int MOST_VALUES = 500;

	private static final int MOST_TOLD = 10;

	private static final int LONGEST_VALUE = 100;

	private final Map<String, Map<String, int[]>> fields = new TreeMap<>();

	Fields(List<Trace> traces) {
		for (Trace trace : traces) {
			count("root.name", trace.root().name());
			count("root.service", trace.root().service());
			for (SpanRecord span : trace.spans()) {
				count("service", span.service());
				count("name", span.name());
				count("kind", span.kind().name().toLowerCase(Locale.ROOT));
				count("status", span.status().name().toLowerCase(Locale.ROOT));
				count("scope", span.origin().scope());
				count(span.attributes());
				for (SpanRecord.Event event : span.events()) {
					count("event", event.name());
					count(event.attributes());
				}
				count(span.origin().resource());
			}
		}
	}

	private void count(Attributes attributes) {
		attributes.forEach((key, value) -> count(key.getKey(), String.valueOf(value)));
	}

	private void count(String name, String value) {
		Map<String, int[]> values = this.fields.get(name);
		if (values == null) {
			if (this.fields.size() >= MOST_NAMES) {
				return;
			}
			values = new HashMap<>();
			this.fields.put(name, values);
		}
		int[] count = values.get(value);
		if (count != null) {
			count[0]++;
		}
		else if (values.size() < MOST_VALUES && value.length() <= LONGEST_VALUE) {
			values.put(value, new int[] { 1 });
		}
	}

	Json toJson(String prefix) {
		Json json = new Json().object().name("fields").array();
		this.fields.forEach((name, values) -> {
			if (name.startsWith(prefix)) {
				json.object().member("name", name).strings("values", mostFrequent(values)).endObject();
			}
		});
		return json.endArray().endObject();
	}

	private static List<String> mostFrequent(Map<String, int[]> values) {
		List<Map.Entry<String, int[]>> sorted = new ArrayList<>(values.entrySet());
		sorted.sort(Comparator.comparingInt((Map.Entry<String, int[]> entry) -> -entry.getValue()[0])
			.thenComparing(Map.Entry::getKey));
		return sorted.stream().limit(MOST_TOLD).map(Map.Entry::getKey).toList();
	}

}
