package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import io.hindspan.analysis.Finding.Kind;

/**
 * Finds other services that fail and whose own spans do not tell why.
 */
final class FailingDependencies implements Detector {

	@Override
	public void detect(TraceView view, Findings findings) {
		Map<List<Object>, List<SpanNode>> byTarget = new LinkedHashMap<>();
		Map<List<Object>, Integer> calls = new LinkedHashMap<>();
		for (SpanNode node : view.nodes()) {
			view.count(1);
			if (!node.facts.isRemoteCall() && node.kind() != SpanKind.PRODUCER) {
				continue;
			}
			List<Object> key = key(node);
			calls.merge(key, 1, Integer::sum);
			if (isFailure(node) && !findings.explains(node, Kind.RETRY_STORM)) {
				byTarget.computeIfAbsent(key, (any) -> new ArrayList<>()).add(node);
			}
		}
		Sequence.longest(byTarget.values())
			.forEach((failed) -> report(view, findings, failed, calls.getOrDefault(key(failed.get(0)), failed.size())));
	}

	private static List<Object> key(SpanNode node) {
		return List.of(node.service(), Wording.orElse(node.facts.target(), node.name()));
	}

	private static boolean isFailure(SpanNode node) {
		if (!node.failed() || node.facts.text("hindspan.error.category") != null) {
			return false;
		}
		SpanNode callee = node.callee();
		if (callee != null && node.kind() == SpanKind.CLIENT && callee.failed()) {
			return false;
		}
		for (SpanNode child : node.children) {
			if (child.kind() == SpanKind.CLIENT && child.failed()) {
				return false;
			}
		}
		long status = node.facts.status();
		if (status >= 400 && status < 500) {
			return status == 429 || status == 408;
		}
		return !isCallersFault(node.facts.text("rpc.response.status_code", "rpc.grpc.status_code", "error.type"));
	}

	/**
	 * Whether a code of gRPC or of the error says that the caller asked for something
	 * wrong or gave up by itself.
	 */
	private static boolean isCallersFault(@Nullable String code) {
		if (code == null) {
			return false;
		}
		return switch (code) {
			case "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "UNAUTHENTICATED",
					"FAILED_PRECONDITION", "OUT_OF_RANGE", "CANCELLED", "cancelled", "1", "3", "5", "6", "7", "9", "11",
					"16", "400", "401", "403", "404", "409", "410", "422" ->
				true;
			default -> false;
		};
	}

	private static void report(TraceView view, Findings findings, List<SpanNode> failed, int calls) {
		SpanNode first = failed.get(0);
		String target = Wording.orElse(first.facts.target(), first.name());
		String error = (first.facts.status() > 0) ? "status " + first.facts.status()
				: Wording.orElse(first.facts.errorType(), "an error");
		String message = StackTraces.message(first.span);
		String caller = view.caller(first);
		boolean late = error.toLowerCase(Locale.ROOT).contains("timeout") || error.contains("DEADLINE_EXCEEDED");
		findings.add(Kind.FAILING_DEPENDENCY, view.critical(failed), failed, target + " failed: " + error,
				((calls == 1) ? "The only call" : failed.size() + " of " + calls + " calls") + " of " + target + " by "
						+ first.service() + " failed, " + ((calls == 1) ? "" : "such as ") + first.label() + " with "
						+ error + (message.isEmpty() ? "" : " (" + Wording.cut(message) + ")") + " after "
						+ Wording.time(first.duration()) + ".",
				late ? "See why " + target + " does not answer in time. In " + caller
						+ ", a shorter timeout (`spring.http.clients.read-timeout`) and an answer for that case keep callers from waiting."
						: "See the logs of " + target + ". In " + caller
								+ ", decide what is answered while it fails: an older value, a part, or an error at once (a circuit breaker).");
	}

}
