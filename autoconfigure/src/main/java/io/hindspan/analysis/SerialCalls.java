package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds calls that only ask for something and follow one another at once, so that they
 * could perhaps run at the same time.
 */
final class SerialCalls implements Detector {

	private static final int MIN_COUNT = 3;

	private static final int MAX_CALLERS = 100;

	private static final long MIN_SAVED = 20_000_000;

	private static final double MIN_SHARE = 0.15;

	private static final long TINY = 3_000_000;

	private static final double TINY_SHARE = 0.1;

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<SpanNode, Map<SpanNode, SpanNode>> callers = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (node.facts.isRemoteCall()) {
				SpanNode outermost = view.outermost(node);
				if (outermost.parent != null) {
					callers.computeIfAbsent(outermost.parent, (key) -> new HashMap<>()).put(outermost, node);
				}
			}
		}
		callers.values().removeIf((calls) -> calls.size() < MIN_COUNT);
		callers.keySet()
			.stream()
			.sorted(Comparator.comparingLong(SpanNode::duration).reversed())
			.limit(MAX_CALLERS)
			.forEach((caller) -> look(view, findings, caller, callers.getOrDefault(caller, Map.of())));
	}

	private static void look(TraceView view, Findings findings, SpanNode caller, Map<SpanNode, SpanNode> calls) {
		List<SpanNode> children = new ArrayList<>(caller.children);
		children.sort(Sequence.BY_START);
		List<SpanNode> run = new ArrayList<>();
		for (SpanNode child : children) {
			view.count(1);
			SpanNode call = calls.get(child);
			SpanNode last = run.isEmpty() ? null : run.get(run.size() - 1);
			if (call != null && isIndependent(call)) {
				if (last != null && !follows(last, child)) {
					report(view, findings, run, calls);
					run = new ArrayList<>();
				}
				run.add(child);
			}
			else if (last != null && !isBeside(last, child)) {
				report(view, findings, run, calls);
				run = new ArrayList<>();
			}
		}
		report(view, findings, run, calls);
	}

	private static boolean isIndependent(SpanNode call) {
		return call.facts.isReadingCall() && !call.failed() && !call.facts.isWaitingByDesign();
	}

	private static boolean follows(SpanNode last, SpanNode next) {
		long gap = next.start() - last.end();
		long tiny = Math.max(TINY, (long) (TINY_SHARE * Math.min(last.duration(), next.duration())));
		return gap >= -TINY / 3 && gap <= tiny;
	}

	/**
	 * Whether another child is too short to be the reason for the order of the calls.
	 */
	private static boolean isBeside(SpanNode last, SpanNode child) {
		Statement statement = child.statement;
		boolean harmless = (statement != null) ? statement.isReading()
				: child.kind() == SpanKind.INTERNAL && child.children.isEmpty();
		return harmless && child.duration() <= Math.max(TINY, (long) (TINY_SHARE * last.duration())) / 2;
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> run, Map<SpanNode, SpanNode> calls) {
		if (run.size() < MIN_COUNT) {
			return;
		}
		List<SpanNode> spans = new ArrayList<>();
		Set<String> labels = new LinkedHashSet<>();
		Set<String> distinct = new LinkedHashSet<>();
		SpanNode longest = run.get(0);
		for (SpanNode member : run) {
			SpanNode call = calls.get(member);
			if (call == null) {
				return;
			}
			spans.add(call);
			labels.add(call.label());
			distinct.add(distinctive(call));
			longest = (member.duration() > longest.duration()) ? member : longest;
		}
		if (distinct.size() < MIN_COUNT) {
			return;
		}
		long saved = view.critical(run) - view.critical(longest);
		if (saved < MIN_SAVED || TraceView.shareOfLane(saved, run.get(0)) < MIN_SHARE) {
			return;
		}
		String caller = view.origin(calls.getOrDefault(run.get(0), run.get(0)));
		String what = String.join(", ", labels.stream().limit(4).toList()) + ((labels.size() > 4) ? ", …" : "");
		findings.add(Kind.SERIAL_CALLS, saved, spans, run.size() + " calls one after the other that could run at once",
				caller + " calls " + what + ", each as soon as the one before has ended, and nothing is written in "
						+ "between: " + Wording.time(Sequence.totalDuration(run)) + " together, the longest "
						+ Wording.time(longest.duration()) + ".",
				"If none of them needs the answer of another, " + caller
						+ " could make them at once (`CompletableFuture`, `Mono.zip`, an executor that carries the trace)"
						+ ((labels.size() == 1) ? ", or ask for all of them with one call." : "."));
	}

	/**
	 * What tells a call from another one: asking the same twice is a loop through pages
	 * or a wait for a change.
	 */
	private static String distinctive(SpanNode call) {
		String url = call.facts.url();
		return (url != null) ? call.facts.httpMethod() + " " + url : call.label() + " " + call.facts.text("rpc.method");
	}

}
