package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A trace in the form in which the explorer's API tells it, made span by span. Times are
 * microseconds since the trace's start.
 */
final class TraceFixture {

	private final String id;

	private final long start;

	private final List<Map<String, Object>> spans = new ArrayList<>();

	private final List<Map<String, Object>> criticalPath = new ArrayList<>();

	private final List<Map<String, Object>> findings = new ArrayList<>();

	private final List<Map<String, Object>> logs = new ArrayList<>();

	private final List<String> services = new ArrayList<>();

	TraceFixture(String id, long start) {
		this.id = id;
		this.start = start;
	}

	String id() {
		return this.id;
	}

	long start() {
		return this.start;
	}

	String span(@Nullable String parent, String service, String kind, String name, long from, long duration,
			Object... attributes) {
		if (!this.services.contains(service)) {
			this.services.add(service);
		}
		String spanId = "%s%08x".formatted(this.id.substring(0, 8), this.spans.size() + 1);
		Map<String, Object> span = map("spanId", spanId);
		if (parent != null) {
			span.put("parentId", parent);
		}
		span.putAll(map("name", name, "kind", kind, "service", service, "start", from * 1000, "duration",
				duration * 1000, "status", "UNSET", "attributes", map(attributes), "droppedAttributes", 0, "events",
				new ArrayList<>(), "droppedEvents", 0, "links", new ArrayList<>(), "droppedLinks", 0, "scope",
				"io.hindspan", "resource", this.services.indexOf(service)));
		this.spans.add(span);
		return spanId;
	}

	TraceFixture fail(String spanId, String message) {
		span(spanId).put("status", "ERROR");
		if (!message.isEmpty()) {
			span(spanId).put("statusMessage", message);
		}
		return this;
	}

	TraceFixture event(String spanId, String name, long time, Object... attributes) {
		list(span(spanId), "events").add(map("name", name, "time", time * 1000, "attributes", map(attributes)));
		return this;
	}

	TraceFixture link(String spanId, String trace, String span, boolean known) {
		list(span(spanId), "links")
			.add(map("traceId", trace, "spanId", span, "attributes", map("link.kind", "producer"), "known", known));
		return this;
	}

	TraceFixture critical(String spanId, long from, long duration) {
		this.criticalPath.add(map("spanId", spanId, "start", from * 1000, "duration", duration * 1000));
		return this;
	}

	TraceFixture finding(String kind, String title, String cause, long impact, String action, List<String> found) {
		this.findings.add(map("kind", kind, "title", title, "cause", cause, "impact", impact * 1000, "share",
				Math.min(1, impact * 1000.0 / duration()), "action", action, "spans", found));
		return this;
	}

	TraceFixture log(@Nullable String spanId, long time, String level, String logger, String message,
			@Nullable String throwable) {
		Map<String, Object> line = map("time", time * 1000, "level", level, "logger", logger, "thread",
				"http-nio-8080-exec-3", "message", message);
		if (spanId != null) {
			line.put("spanId", spanId);
		}
		if (throwable != null) {
			line.put("throwable", throwable);
		}
		this.logs.add(line);
		return this;
	}

	long duration() {
		return this.spans.stream()
			.mapToLong((span) -> (long) span.get("start") + (long) span.get("duration"))
			.max()
			.orElse(0);
	}

	List<Map<String, Object>> spans() {
		return this.spans;
	}

	long errors() {
		return this.spans.stream().filter((span) -> "ERROR".equals(span.get("status"))).count();
	}

	Map<String, Object> summary() {
		Map<String, Object> root = this.spans.get(0);
		Map<String, Object> summary = map("traceId", this.id, "name", root.get("name"), "service", root.get("service"),
				"kind", root.get("kind"), "start", this.start, "duration", duration(), "spans", this.spans.size(),
				"errors", errors(), "error", "ERROR".equals(root.get("status")), "complete", true, "services",
				serviceCounts());
		if (((Map<?, ?>) root.get("attributes")).get("http.response.status_code") instanceof Integer code) {
			summary.put("statusCode", code);
		}
		return summary;
	}

	Map<String, Object> json(long revision) {
		this.spans.sort((one, other) -> Long.compare((long) one.get("start"), (long) other.get("start")));
		Map<String, Object> root = this.spans.get(0);
		return map("traceId", this.id, "revision", revision, "name", root.get("name"), "service", root.get("service"),
				"start", this.start, "duration", duration(), "errors", errors(), "complete", true, "services",
				serviceCounts(), "resources",
				this.services.stream()
					.map((service) -> map("service.name", service, "service.version", "0.1.0", "service.instance.id",
							service + "-1", "deployment.environment.name", "development"))
					.toList(),
				"spans", this.spans, "criticalPath", this.criticalPath, "findings", this.findings);
	}

	Map<String, Object> logs() {
		return map("logs", this.logs, "dropped", 0);
	}

	private List<Map<String, Object>> serviceCounts() {
		return this.services.stream()
			.map((service) -> map("name", service, "spans",
					this.spans.stream().filter((span) -> service.equals(span.get("service"))).count(), "errors",
					this.spans.stream()
						.filter((span) -> service.equals(span.get("service")) && "ERROR".equals(span.get("status")))
						.count()))
			.toList();
	}

	private Map<String, Object> span(String spanId) {
		return this.spans.stream().filter((span) -> spanId.equals(span.get("spanId"))).findFirst().orElseThrow();
	}

	@SuppressWarnings("unchecked")
	private static List<Object> list(Map<String, Object> span, String name) {
		return (List<Object>) span.get(name);
	}

	static Map<String, Object> map(Object... pairs) {
		Map<String, Object> map = new LinkedHashMap<>();
		for (int i = 0; i < pairs.length; i += 2) {
			map.put((String) pairs[i], pairs[i + 1]);
		}
		return map;
	}

}
