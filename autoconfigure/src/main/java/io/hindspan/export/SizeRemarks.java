package io.hindspan.export;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remarks in development, once for each name, on traces of too many spans and spans of
 * too many attributes to be read. Attributes that the semantic conventions or Hindspan
 * name do not count: nobody can do without them. Thread-safe.
 */
final class SizeRemarks {

	private static final Logger logger = LoggerFactory.getLogger(SizeRemarks.class);

	private static final int MAX_SPANS = 50;

	private static final int MAX_ATTRIBUTES = 15;

	/** Traces whose spans come in several batches. */
	private static final int MAX_TRACES = 1000;

	private static final int MAX_NAMES = 100;

	private static final Set<String> CONVENTIONAL = Set.of("authentication", "authorization", "aws", "cache", "client",
			"cloud", "code", "db", "deployment", "error", "exception", "faas", "graphql", "hindspan", "http",
			"messaging", "net", "network", "otel", "peer", "permission", "quartz", "retry", "rpc", "server", "service",
			"spring", "thread", "url", "user_agent");

	private final Map<String, Integer> spans = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
			return size() > MAX_TRACES;
		}

	};

	private final Set<String> saidOfTraces = new HashSet<>();

	private final Set<String> saidOfSpans = new HashSet<>();

	/**
	 * Looks at spans on their way out.
	 */
	synchronized void look(Collection<SpanData> batch) {
		for (SpanData span : batch) {
			this.spans.merge(span.getTraceId(), 1, Integer::sum);
			if (span.getAttributes().size() > MAX_ATTRIBUTES) {
				lookAtAttributes(span);
			}
		}
		for (SpanData span : batch) {
			// Ends last, and names the service's part of the trace
			if (isLocalRoot(span)) {
				lookAtTrace(span);
			}
		}
	}

	private void lookAtTrace(SpanData root) {
		int count = this.spans.getOrDefault(root.getTraceId(), 0);
		if (count > MAX_SPANS && isNew(root.getName(), this.saidOfTraces)) {
			logger
				.info("Trace {} of \"{}\" has {} spans of this service. More than {} are hard to read: a loop of calls "
						+ "is often one call for all, and hindspan.sampling.max-repeated-spans folds spans of one name. "
						+ "This is said once for each name, in development.", root.getTraceId(), root.getName(), count,
						MAX_SPANS);
		}
	}

	private void lookAtAttributes(SpanData span) {
		List<String> own = new ArrayList<>();
		for (AttributeKey<?> key : span.getAttributes().asMap().keySet()) {
			if (!CONVENTIONAL.contains(namespace(key.getKey()))) {
				own.add(key.getKey());
			}
		}
		if (own.size() > MAX_ATTRIBUTES && isNew(span.getName(), this.saidOfSpans)) {
			logger.info(
					"A span \"{}\" has {} attributes of the application: {}, ... More than {} are hard to read: keep those "
							+ "that are searched for. This is said once for each name, in development.",
					span.getName(), own.size(), String.join(", ", own.subList(0, 3)), MAX_ATTRIBUTES);
		}
	}

	private static String namespace(String key) {
		int dot = key.indexOf('.');
		return (dot < 0) ? key : key.substring(0, dot);
	}

	private static boolean isLocalRoot(SpanData span) {
		return !span.getParentSpanContext().isValid() || span.getParentSpanContext().isRemote();
	}

	private static boolean isNew(String name, Set<String> said) {
		return said.size() < MAX_NAMES && said.add(name);
	}

}
