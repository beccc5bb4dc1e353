package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.store.SpanRecord;

/**
 * Finds what was tried again and again: calls to the same target that fail, events that
 * tell of another attempt, messages that are delivered again.
 */
final class RetryStorms implements Detector {

	private static final int MIN_ATTEMPTS = 3;

	private static final int MAX_TOLD = 10;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<SpanNode>> calls = new LinkedHashMap<>();
		Map<List<Object>, List<SpanNode>> deliveries = new LinkedHashMap<>();
		List<SpanNode> told = new ArrayList<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (node.kind() == SpanKind.CONSUMER) {
				SpanNode sender = (node.parent != null) ? node.parent : node;
				deliveries.computeIfAbsent(deliveryKey(node, sender), (key) -> new ArrayList<>()).add(node);
			}
			else if (node.facts.isRemoteCall() || node.facts.isDatabase()) {
				SpanNode caller = view.outermost(node).parent;
				if (caller != null) {
					calls.computeIfAbsent(callKey(node, caller), (key) -> new ArrayList<>()).add(node);
				}
			}
			if (events(node).size() >= MIN_ATTEMPTS - 1) {
				told.add(node);
			}
		}
		told.sort(Comparator.comparingLong(SpanNode::duration).reversed());
		told.subList(0, Math.min(MAX_TOLD, told.size())).forEach((node) -> reportEvents(view, findings, node));
		calls.values().removeIf((attempts) -> attempts.size() < MIN_ATTEMPTS || failures(attempts) < MIN_ATTEMPTS - 1);
		Sequence.longest(calls.values()).forEach((attempts) -> reportCalls(view, findings, attempts));
		Sequence.longest(deliveries.values()).forEach((attempts) -> reportDeliveries(view, findings, attempts));
	}

	private static List<Object> deliveryKey(SpanNode node, SpanNode sender) {
		List<Object> key = new ArrayList<>(List.of(sender, node.service(), node.name()));
		key.add(node.facts.text("messaging.consumer.group.name", "messaging.kafka.consumer.group",
				"messaging.consumer_group", "spring.kafka.listener.id", "spring.rabbit.listener.id"));
		key.add(node.facts.text("messaging.kafka.offset", "messaging.kafka.message.offset", "messaging.message.id"));
		return key;
	}

	private static List<Object> callKey(SpanNode node, SpanNode caller) {
		Statement statement = node.statement;
		List<Object> key = new ArrayList<>(List.of(caller, node.name()));
		key.add(node.facts.target());
		key.add((statement != null) ? statement.key() : node.facts.url());
		return key;
	}

	private static List<SpanRecord.Event> events(SpanNode node) {
		List<SpanRecord.Event> events = new ArrayList<>();
		for (SpanRecord.Event event : node.span.events()) {
			String name = event.name();
			if (name.equals("retry_attempt") || name.equals("retry") || name.equals("http.retry")) {
				events.add(event);
			}
		}
		return events;
	}

	private static void reportEvents(TraceView view, Findings findings, SpanNode node) {
		List<SpanRecord.Event> events = events(node);
		SpanRecord.Event last = events.get(events.size() - 1);
		long until = node.failed() ? node.end()
				: Math.max(node.start(), Math.min(last.time() + node.shift, node.end()));
		long impact = within(view, node, node.start(), until);
		String reason = reason(last);
		int attempts = events.size() + 1;
		findings.explain(new Interval(node.start(), until));
		List<SpanNode> spans = new ArrayList<>(List.of(node));
		for (SpanNode child : node.children) {
			if (child.failed()) {
				spans.add(child);
			}
		}
		findings.add(Kind.RETRY_STORM, impact, spans, node.name() + " took " + attempts + " attempts", node.label()
				+ " was tried " + attempts + " times" + reason
				+ (node.failed() ? " and failed."
						: " before it succeeded, " + Wording.time(until - node.start()) + " after it had begun."),
				action(view.caller(node)));
	}

	private static String reason(SpanRecord.Event event) {
		for (Map.Entry<AttributeKey<?>, Object> entry : event.attributes().asMap().entrySet()) {
			if (entry.getKey().getKey().equals("retry.reason")) {
				return ", at last because of " + entry.getValue();
			}
		}
		return "";
	}

	private static void reportCalls(TraceView view, Findings findings, List<SpanNode> calls) {
		List<SpanNode> attempts = failingRun(calls);
		if (attempts.size() < MIN_ATTEMPTS || failures(attempts) < MIN_ATTEMPTS - 1 || !Sequence.isSerial(attempts)
				|| isExplained(findings, attempts)) {
			return;
		}
		SpanNode first = attempts.get(0);
		SpanNode last = attempts.get(attempts.size() - 1);
		SpanNode caller = view.outermost(first).parent;
		long until = last.failed() ? last.end() : last.start();
		long impact = (caller != null) ? within(view, caller, first.start(), until) : until - first.start();
		findings.explain(new Interval(first.start(), until));
		String error = Wording.orElse(first.facts.errorType(),
				(first.facts.status() > 0) ? "status " + first.facts.status() : "an error");
		findings.add(Kind.RETRY_STORM, impact, attempts, first.label() + " was tried " + attempts.size() + " times",
				first.label() + " was called " + attempts.size() + " times in a row for " + view.origin(first)
						+ " and failed " + failures(attempts) + " times with " + error + ", within "
						+ Wording.time(last.end() - first.start()) + ".",
				action(view.origin(first)));
	}

	/**
	 * The calls from the first that failed up to the one that followed the last that did,
	 * none if others succeeded in between.
	 */
	private static List<SpanNode> failingRun(List<SpanNode> calls) {
		List<SpanNode> sorted = new ArrayList<>(calls);
		sorted.sort(Sequence.BY_START);
		List<SpanNode> longest = List.of();
		List<SpanNode> run = new ArrayList<>();
		for (SpanNode call : sorted) {
			if (call.failed()) {
				run.add(call);
			}
			else {
				if (!run.isEmpty()) {
					run.add(call);
				}
				longest = (run.size() > longest.size()) ? run : longest;
				run = new ArrayList<>();
			}
		}
		return (run.size() > longest.size()) ? run : longest;
	}

	private static boolean isExplained(Findings findings, List<SpanNode> attempts) {
		for (SpanNode attempt : attempts) {
			if (findings.explains(attempt, Kind.RETRY_STORM)) {
				return true;
			}
		}
		return false;
	}

	private static int failures(List<SpanNode> spans) {
		int failures = 0;
		for (SpanNode span : spans) {
			failures += span.failed() ? 1 : 0;
		}
		return failures;
	}

	private static void reportDeliveries(TraceView view, Findings findings, List<SpanNode> deliveries) {
		long attempts = deliveries.size();
		for (SpanNode delivery : deliveries) {
			attempts = Math.max(attempts, delivery.facts.number("retry.attempt"));
		}
		boolean told = attempts > deliveries.size();
		if (attempts < MIN_ATTEMPTS || !told && failures(deliveries) < MIN_ATTEMPTS - 1
				|| !Sequence.isSerial(deliveries)) {
			return;
		}
		List<SpanNode> sorted = new ArrayList<>(deliveries);
		sorted.sort(Sequence.BY_START);
		SpanNode first = sorted.get(0);
		SpanNode last = sorted.get(sorted.size() - 1);
		String reason = reason(sorted);
		String outcome = last.facts.text("hindspan.messaging.outcome");
		String end = last.failed() ? "the last attempt failed, too" : "the last attempt succeeded";
		findings.explain(new Interval(first.start(), last.end()));
		findings.add(Kind.RETRY_STORM, view.critical(sorted), sorted, last.name() + " took " + attempts + " attempts",
				"A message was processed " + attempts + " times by " + last.service() + " within "
						+ Wording.time(last.end() - first.start())
						+ ((reason != null) ? ", at last because of " + reason : "") + "; " + end
						+ ((outcome != null) ? " (" + outcome + ")." : "."),
				"See why " + view.caller(last)
						+ " fails. What can never succeed belongs into a dead-letter destination "
						+ "at once (`DefaultErrorHandler.addNotRetryableExceptions`, "
						+ "`AmqpRejectAndDontRequeueException`); for the rest, longer back-offs and fewer attempts.");
	}

	private static @Nullable String reason(List<SpanNode> deliveries) {
		for (int i = deliveries.size() - 1; i >= 0; i--) {
			String reason = deliveries.get(i).facts.text("retry.reason", "error.type");
			if (reason != null) {
				return reason;
			}
		}
		return null;
	}

	/**
	 * How much of a time a span held up what it belongs to.
	 */
	private static long within(TraceView view, SpanNode node, long from, long until) {
		List<Interval> clipped = new ArrayList<>();
		for (Interval interval : view.criticalIntervals(List.of(node))) {
			if (interval.end() > from && interval.start() < until) {
				clipped.add(new Interval(Math.max(interval.start(), from), Math.min(interval.end(), until)));
			}
		}
		return Interval.total(clipped);
	}

	private static String action(String caller) {
		return "Find out why the target fails first. In " + caller
				+ ", retry less often and with growing back-off (`@Retryable(maxRetries, multiplier)`), never what cannot "
				+ "succeed by being repeated, and stop calling what is down (a circuit breaker).";
	}

}
