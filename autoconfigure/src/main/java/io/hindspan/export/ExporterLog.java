package io.hindspan.export;

import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Keeps OpenTelemetry's exporters from a line for every attempt that fails: the target
 * says it once. What they log of metrics and logs, or beneath exporters that are the
 * application's own, is left alone.
 */
final class ExporterLog {

	private static final ThreadLocal<Boolean> QUIET = new ThreadLocal<>();

	/** Held here, since Java's logging forgets loggers that nobody holds. */
	@SuppressWarnings("unused")
	private static final List<Logger> LOGGERS = Stream
		.of("io.opentelemetry.exporter.internal.http.HttpExporter",
				"io.opentelemetry.exporter.internal.grpc.GrpcExporter")
		.map(ExporterLog::filtered)
		.toList();

	private ExporterLog() {
	}

	private static Logger filtered(String name) {
		Logger logger = Logger.getLogger(name);
		Filter filter = logger.getFilter();
		logger.setFilter((record) -> QUIET.get() == null && (filter == null || filter.isLoggable(record)));
		return logger;
	}

	/**
	 * Tells an exporter something that it would log.
	 */
	static void quietly(Runnable telling) {
		QUIET.set(true);
		try {
			telling.run();
		}
		finally {
			QUIET.remove();
		}
	}

}
