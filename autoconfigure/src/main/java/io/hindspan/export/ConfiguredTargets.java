package io.hindspan.export;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.hindspan.export.spool.Spool;
import io.hindspan.export.spool.SpoolListener;
import io.hindspan.store.TraceStore;

/**
 * Collects the targets of the application: its exporters, what properties name, the
 * console, the store.
 */
final class ConfiguredTargets {

	private static final String CONSOLE = "console";

	private static final String STORE = "store";

	private final Map<String, SpanExporter> exporters = new LinkedHashMap<>();

	private final ExportProperties properties;

	private final Delivery delivery;

	ConfiguredTargets(ExportProperties properties, Delivery delivery) {
		this.properties = properties;
		this.delivery = delivery;
	}

	boolean isEmpty() {
		return this.exporters.isEmpty();
	}

	/**
	 * Adds exporters that are beans.
	 * @param beans all beans that are exporters, by name
	 */
	void addBeans(Iterable<SpanExporter> exporters, Map<String, SpanExporter> beans) {
		TargetNames names = new TargetNames(beans);
		exporters.forEach((exporter) -> this.exporters.put(names.unique(exporter, this.exporters.keySet()), exporter));
	}

	/**
	 * Adds the targets that properties name.
	 */
	void addNamed(TargetExporters create) {
		this.properties.targets().forEach((name, target) -> {
			if (this.exporters.containsKey(name)) {
				throw new InvalidConfigurationPropertyValueException(TargetExporters.PREFIX + name, name,
						"Choose another name: an exporter has this one, which is a bean or configured by "
								+ "management.opentelemetry.tracing.export.otlp.endpoint.");
			}
			this.exporters.put(name, create.create(name, target));
		});
	}

	/**
	 * Adds the console, unless there is one.
	 * @param unlessSet whether to add it where the application does not say
	 */
	void addConsole(boolean unlessSet) {
		Boolean wanted = this.properties.console().enabled();
		if ((wanted != null) ? wanted : unlessSet) {
			this.exporters.putIfAbsent(CONSOLE, new ConsoleSpanExporter());
		}
	}

	/**
	 * Adds the store of recent traces.
	 */
	void addStore(TraceStore store) {
		this.exporters.put(TargetNames.unique(STORE, this.exporters.keySet()), new StoreSpanExporter(store));
	}

	List<Target> create() {
		List<Target> targets = new ArrayList<>();
		this.exporters.forEach((name, exporter) -> {
			Clock clock = Clock.systemUTC();
			// What is within the application is never away
			boolean local = exporter instanceof ConsoleSpanExporter || exporter instanceof StoreSpanExporter;
			Function<SpoolListener, Spool> spool = local ? null : this.properties.spool().forTarget(name, clock);
			targets.add(new Target(name, exporter, this.delivery, clock, spool));
		});
		targets.forEach(Target::resume);
		return targets;
	}

}
