package io.hindspan.export;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each finished trace as a tree, under the name {@code io.hindspan.traces}. A trace
 * is finished when a root of it has ended: a span whose parent is not in this
 * application. Spans that end later are logged as they come. Holds a bounded number of
 * spans of traces whose root has not ended yet. Called by one thread at a time.
 */
final class ConsoleSpanExporter implements SpanExporter {

	private static final int MAX_SPANS_HELD = 10_000;

	private final Logger logger = LoggerFactory.getLogger("io.hindspan.traces");

	private final Map<String, List<SpanData>> unfinished = new LinkedHashMap<>();

	private int held;

	@Override
	public synchronized CompletableResultCode export(Collection<SpanData> spans) {
		for (SpanData span : spans) {
			this.unfinished.computeIfAbsent(span.getTraceId(), (id) -> new ArrayList<>()).add(span);
			this.held++;
		}
		Iterator<List<SpanData>> traces = this.unfinished.values().iterator();
		while (traces.hasNext()) {
			List<SpanData> trace = traces.next();
			if (hasLocalRoot(trace) || this.held > MAX_SPANS_HELD) {
				traces.remove();
				print(trace);
			}
		}
		return CompletableResultCode.ofSuccess();
	}

	private boolean hasLocalRoot(List<SpanData> trace) {
		for (SpanData span : trace) {
			if (!span.getParentSpanContext().isValid() || span.getParentSpanContext().isRemote()) {
				return true;
			}
		}
		return false;
	}

	private void print(List<SpanData> trace) {
		this.held -= trace.size();
		this.logger.info("{}", new TraceTree(trace));
	}

	@Override
	public synchronized CompletableResultCode flush() {
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public synchronized CompletableResultCode shutdown() {
		this.unfinished.values().forEach(this::print);
		this.unfinished.clear();
		return CompletableResultCode.ofSuccess();
	}

}
