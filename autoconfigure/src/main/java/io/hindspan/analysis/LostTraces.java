package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds hops that did not carry the trace on: spans whose parent nobody sent, calls of a
 * service that answers other calls within the trace, messages that are processed in a
 * trace of their own.
 */
final class LostTraces implements Detector {

	@Override
	public void detect(TraceView view, Findings findings) {
		missingParents(view, findings);
		unansweredCalls(view, findings);
		unprocessedMessages(view, findings);
		onlyLinked(view, findings);
	}

	private static void missingParents(TraceView view, Findings findings) {
		Map<String, List<SpanNode>> byParent = new LinkedHashMap<>();
		for (SpanNode root : view.roots()) {
			view.count(1);
			if (root.span.parentId() != null && isLost(view, root)) {
				byParent.computeIfAbsent(root.service(), (key) -> new ArrayList<>()).add(root);
			}
		}
		byParent.forEach((service, orphans) -> {
			SpanNode first = orphans.get(0);
			boolean entry = first.kind() == SpanKind.SERVER || first.kind() == SpanKind.CONSUMER;
			findings.add(Kind.LOST_TRACE, 0, orphans,
					"The parent of " + first.label() + " of " + service + " is missing",
					Wording.count(orphans.size(), "span", "spans") + " of " + service + ", such as " + first.label()
							+ ", name a parent that nobody sent, such as " + first.span.parentId() + ".",
					entry ? "Between " + view.main().service() + " and " + service
							+ " there is a hop that passes the trace on and sends no spans: a proxy, a service that exports "
							+ "elsewhere, or one that samples by itself. Let it send its spans, too."
							: "Spans of " + service + " were not ended or not exported: look at dropped spans "
									+ "(`hindspan.export.*` meters) and at spans that are never ended.");
		});
	}

	/**
	 * Whether a parent is missing for good: the caller of the first span of all may be
	 * traced elsewhere, and a parent that is still at work comes later.
	 */
	private static boolean isLost(TraceView view, SpanNode orphan) {
		SpanNode main = view.main();
		if (!view.hasTrueRoot()) {
			return orphan != main && !orphan.service().equals(main.service()) && orphan.span.parentId() != null
					&& !orphan.span.parentId().equals(main.span.parentId())
					&& (orphan.kind() == SpanKind.SERVER || orphan.kind() == SpanKind.CONSUMER);
		}
		boolean entry = orphan.kind() == SpanKind.SERVER || orphan.kind() == SpanKind.CONSUMER;
		return entry || orphan.end() <= main.end();
	}

	private static void unansweredCalls(TraceView view, Findings findings) {
		Set<String> answering = new HashSet<>();
		Set<String> services = new HashSet<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (node.kind() == SpanKind.SERVER) {
				services.add(node.service());
			}
			String target = node.facts.target();
			if (node.facts.isRemoteCall() && target != null && hasServer(node)) {
				answering.add(target);
			}
		}
		Map<List<String>, List<SpanNode>> lost = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			String target = node.facts.target();
			if (node.facts.isRemoteCall() && target != null && !node.failed() && node.children.isEmpty()
					&& !isUntracedByDesign(node) && (answering.contains(target) || services.contains(host(target)))) {
				lost.computeIfAbsent(List.of(node.service(), target), (key) -> new ArrayList<>()).add(node);
			}
		}
		lost.forEach((key, calls) -> {
			SpanNode first = calls.get(0);
			findings.add(Kind.LOST_TRACE, 0, calls, first.label() + " lost the trace on its way to " + key.get(1),
					Wording.count(calls.size(), "call", "calls") + " of " + key.get(1) + " by " + key.get(0)
							+ ", such as " + first.label()
							+ ", have no span of the callee, while it answers others in this trace.",
					"See that " + view.caller(first) + " uses a client that carries the trace: a `RestClient.Builder`, "
							+ "`RestTemplateBuilder` or `WebClient.Builder` bean instead of one made by hand.");
		});
	}

	private static String host(String target) {
		int end = target.indexOf(':');
		return (end > 0) ? target.substring(0, end) : target;
	}

	private static boolean hasServer(SpanNode node) {
		SpanNode callee = node.callee();
		return callee != null && callee.kind() == SpanKind.SERVER;
	}

	private static boolean isUntracedByDesign(SpanNode node) {
		for (String text : new @Nullable String[] { node.name(), node.facts.url(),
				node.facts.text("url.template", "http.route", "http.target", "url.path", "uri"),
				node.facts.text("rpc.service") }) {
			if (text != null && (text.contains("health") || text.contains("Health") || text.contains("actuator")
					|| text.contains("metrics") || text.contains("/static/") || text.contains("favicon")
					|| text.contains("/ready") || text.contains("/live") || text.contains("/ping")
					|| text.contains("/assets/") || text.contains("/.well-known/"))) {
				return true;
			}
		}
		return node.facts.status() == 304;
	}

	private static void unprocessedMessages(TraceView view, Findings findings) {
		Map<String, Long> lastProcessed = new HashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			String destination = destination(node);
			if (destination != null && node.callee() != null) {
				lastProcessed.merge(destination, node.start(), Math::max);
			}
		}
		Map<List<String>, List<SpanNode>> lost = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			String destination = destination(node);
			if (destination != null && node.children.isEmpty() && !node.failed()
					&& node.start() < lastProcessed.getOrDefault(destination, Long.MIN_VALUE)) {
				lost.computeIfAbsent(List.of(node.service(), destination), (key) -> new ArrayList<>()).add(node);
			}
		}
		lost.forEach((key, messages) -> {
			SpanNode first = messages.get(0);
			findings.add(Kind.LOST_TRACE, 0, messages, first.label() + " has no span that processed it",
					Wording.count(messages.size(), "message", "messages") + " of " + first.label() + " by " + key.get(0)
							+ " have no span of a consumer, while later ones to the same destination have.",
					"See that " + view.caller(first)
							+ " sends with a template that carries the trace, and that nothing "
							+ "on the way drops headers. A message that is filtered out has no span, either.");
		});
	}

	private static @Nullable String destination(SpanNode node) {
		if (node.kind() != SpanKind.PRODUCER) {
			return null;
		}
		String destination = node.facts.text("messaging.destination.name", "messaging.destination");
		return (destination != null) ? destination + " "
				+ node.facts.text("messaging.rabbitmq.destination.routing_key", "messaging.rabbitmq.routing_key")
				: null;
	}

	private static void onlyLinked(TraceView view, Findings findings) {
		for (SpanNode root : view.roots()) {
			if (root.span.parentId() == null && root.kind() == SpanKind.CONSUMER && root.span.links().size() == 1
					&& root.facts.number("messaging.batch.message_count") < 0 && root.facts.number("retry.attempt") < 0
					&& !root.span.origin().scope().startsWith("io.hindspan") && !root.facts.isReceive()) {
				findings.add(Kind.LOST_TRACE, 0, List.of(root), root.name() + " goes on in a trace of its own",
						root.name() + " of " + root.service()
								+ " is linked to the span that sent its message, in trace "
								+ root.span.links().get(0).traceId() + ", but is not beneath it.",
						"If sender and receiver should be one trace, let the receiver take the message's `traceparent` as "
								+ "its parent; Hindspan's listeners do. Otherwise follow the link.");
				return;
			}
		}
	}

}
