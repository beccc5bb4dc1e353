package io.hindspan.export;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.sdk.trace.export.SpanExporter;

/**
 * Gives exporters that are beans the names of their targets.
 */
final class TargetNames {

	/** The exporter that Spring Boot's properties configure. */
	static final String OTLP = "otlp";

	/** By name, since an application may have excluded it. */
	private static final String OTLP_PACKAGE = "io.opentelemetry.exporter.otlp.";

	private static final String SUFFIX = "SpanExporter";

	private final Map<SpanExporter, String> beans = new IdentityHashMap<>();

	TargetNames(Map<String, SpanExporter> beans) {
		beans.forEach((name, exporter) -> this.beans.put(exporter, name));
	}

	/**
	 * The name of an exporter's target: {@code otlp}, or that of the bean without
	 * {@code SpanExporter} at its end, and a number where it is taken.
	 */
	String unique(SpanExporter exporter, Set<String> taken) {
		return unique(of(exporter), taken);
	}

	/**
	 * A name, and a number where it is taken.
	 */
	static String unique(String name, Set<String> taken) {
		String unique = name;
		for (int i = 2; taken.contains(unique); i++) {
			unique = name + "-" + i;
		}
		return unique;
	}

	private String of(SpanExporter exporter) {
		if (exporter.getClass().getName().startsWith(OTLP_PACKAGE)) {
			return OTLP;
		}
		String name = this.beans.getOrDefault(exporter, exporter.getClass().getSimpleName());
		boolean suffixed = name.endsWith(SUFFIX) && name.length() > SUFFIX.length();
		return suffixed ? name.substring(0, name.length() - SUFFIX.length()) : name;
	}

}
