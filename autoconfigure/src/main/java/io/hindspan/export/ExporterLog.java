package io.hindspan.export;

import java.util.logging.Filter;
import java.util.logging.Logger;

/**
 * Keeps an exporter of OpenTelemetry from a line for every attempt that fails: the target
 * says it once. What it logs otherwise, or beneath exporters that are the application's
 * own, is left alone.
 */
final class ExporterLog {

	static final ExporterLog HTTP = new ExporterLog("io.opentelemetry.exporter.internal.http.HttpExporter");

	static final ExporterLog GRPC = new ExporterLog("io.opentelemetry.exporter.internal.grpc.GrpcExporter");

	private final String name;

	private ExporterLog(String name) {
		this.name = name;
	}

	/**
	 * Tells an exporter something that it would log. The logger is that of the whole JVM
	 * and may outlive this application, so it has a filter for no longer than this takes;
	 * its monitor, which all applications share, keeps them from each other's.
	 */
	void quietly(Runnable telling) {
		Logger logger = Logger.getLogger(this.name);
		Thread teller = Thread.currentThread();
		synchronized (logger) {
			Filter filter = logger.getFilter();
			logger.setFilter(
					(record) -> Thread.currentThread() != teller && (filter == null || filter.isLoggable(record)));
			try {
				telling.run();
			}
			finally {
				logger.setFilter(filter);
			}
		}
	}

}
