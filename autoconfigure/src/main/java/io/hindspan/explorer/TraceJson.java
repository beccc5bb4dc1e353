package io.hindspan.explorer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding;
import io.hindspan.analysis.TraceAnalysis;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;

/**
 * Writes traces.
 */
final class TraceJson {

	private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

	private static final AttributeKey<Long> OLDER_STATUS = AttributeKey.longKey("http.status_code");

	/** How many other traces are looked for, whatever number of links a trace has. */
	private static final int MOST_LOOKED_FOR = 200;

	private TraceJson() {
	}

	/**
	 * A line of a list.
	 */
	static void summary(Json json, Trace trace) {
		SpanRecord root = trace.root();
		json.object();
		head(json, trace, root);
		json.member("kind", root.kind().name())
			.member("spans", trace.spans().size())
			.member("errors", trace.errors())
			.member("error", root.isError())
			.member("complete", root.parentId() == null);
		Long status = status(root);
		if (status != null) {
			json.member("statusCode", status.longValue());
		}
		services(json, trace);
		json.endObject();
	}

	private static @Nullable Long status(SpanRecord root) {
		Long status = root.attributes().get(STATUS);
		return (status != null) ? status : root.attributes().get(OLDER_STATUS);
	}

	private static void head(Json json, Trace trace, SpanRecord root) {
		json.member("traceId", trace.id())
			.member("name", root.name())
			.member("service", root.service())
			.member("start", trace.start() / 1000)
			.member("duration", trace.duration());
	}

	private static void services(Json json, Trace trace) {
		Map<String, int[]> services = new LinkedHashMap<>();
		for (SpanRecord span : trace.spans()) {
			int[] counts = services.computeIfAbsent(span.service(), (name) -> new int[2]);
			counts[0]++;
			counts[1] += span.isError() ? 1 : 0;
		}
		List<Map.Entry<String, int[]>> sorted = new ArrayList<>(services.entrySet());
		sorted.sort(Comparator.comparingInt((Map.Entry<String, int[]> entry) -> -entry.getValue()[0]));
		json.name("services").array();
		for (Map.Entry<String, int[]> service : sorted) {
			json.object()
				.member("name", service.getKey())
				.member("spans", service.getValue()[0])
				.member("errors", service.getValue()[1])
				.endObject();
		}
		json.endArray();
	}

	/**
	 * All of a trace.
	 * @param known whether another trace is in the store
	 */
	static Json whole(Trace trace, TraceAnalysis analysis, @Nullable List<String> matches, long revision,
			Predicate<String> known) {
		Json json = new Json().object();
		head(json, trace, trace.root());
		json.member("revision", revision)
			.member("errors", trace.errors())
			.member("complete", trace.root().parentId() == null);
		services(json, trace);
		if (matches != null) {
			json.strings("matches", matches);
		}
		Map<Attributes, Integer> resources = resources(json, trace);
		Map<String, Boolean> lookedFor = new HashMap<>();
		lookedFor.put(trace.id(), true);
		json.name("spans").array();
		for (SpanRecord span : trace.spans()) {
			span(json, span, trace.start(), resources, (id) -> (lookedFor.size() < MOST_LOOKED_FOR)
					? lookedFor.computeIfAbsent(id, known::test) : lookedFor.getOrDefault(id, false));
		}
		json.endArray();
		json.name("criticalPath").array();
		for (TraceAnalysis.Stretch stretch : analysis.criticalPath()) {
			json.object()
				.member("spanId", stretch.spanId())
				.member("start", stretch.start() - trace.start())
				.member("duration", stretch.end() - stretch.start())
				.endObject();
		}
		json.endArray();
		json.name("findings").array();
		for (Finding finding : analysis.findings()) {
			json.object()
				.member("kind", finding.kind().name())
				.member("title", finding.title())
				.member("cause", finding.cause())
				.member("impact", finding.impact())
				.member("share", finding.share())
				.member("action", finding.action())
				.strings("spans", finding.spans())
				.endObject();
		}
		return json.endArray().endObject();
	}

	private static Map<Attributes, Integer> resources(Json json, Trace trace) {
		Map<Attributes, Integer> resources = new HashMap<>();
		json.name("resources").array();
		for (SpanRecord span : trace.spans()) {
			Attributes resource = span.origin().resource();
			if (!resources.containsKey(resource)) {
				resources.put(resource, resources.size());
				json.attributes(resource);
			}
		}
		json.endArray();
		return resources;
	}

	private static void span(Json json, SpanRecord span, long origin, Map<Attributes, Integer> resources,
			Predicate<String> known) {
		json.object()
			.member("spanId", span.spanId())
			.optional("parentId", span.parentId())
			.member("name", span.name())
			.member("kind", span.kind().name())
			.member("service", span.service())
			.member("start", span.start() - origin)
			.member("duration", span.duration())
			.member("status", span.status().name())
			.optional("statusMessage", span.statusDescription())
			.name("attributes")
			.attributes(span.attributes())
			.member("droppedAttributes", span.droppedAttributes())
			.name("events")
			.array();
		for (SpanRecord.Event event : span.events()) {
			json.object()
				.member("name", event.name())
				.member("time", event.time() - origin)
				.name("attributes")
				.attributes(event.attributes())
				.endObject();
		}
		json.endArray().member("droppedEvents", span.droppedEvents()).name("links").array();
		for (SpanRecord.Link link : span.links()) {
			json.object()
				.member("traceId", link.traceId())
				.member("spanId", link.spanId())
				.name("attributes")
				.attributes(link.attributes())
				.member("known", known.test(link.traceId()))
				.endObject();
		}
		json.endArray()
			.member("droppedLinks", span.droppedLinks())
			.optional("scope", span.origin().scope())
			.member("resource", resources.getOrDefault(span.origin().resource(), 0))
			.endObject();
	}

}
