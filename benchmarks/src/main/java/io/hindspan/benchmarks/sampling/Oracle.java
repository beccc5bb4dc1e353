package io.hindspan.benchmarks.sampling;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Says which parts of one trace must be exported. It is written from the specification
 * and knows nothing of the implementation: it goes by what the services noted, the
 * duration and outcome of every span among it, and by the trace id for the head decision.
 * <p>
 * A part is kept if the trace is sampled, if any of its spans failed, if its local root
 * took longer than the threshold, if its caller said in the call that he keeps, or if a
 * service that it called said so in its response. What a service says is checked as well:
 * it has to say that it keeps if it had a reason by then, and must not say so if it never
 * has one.
 */
final class Oracle {

	private final Order order;

	private final Plan plan;

	private final String traceId;

	private final Map<Service, Part> parts = new EnumMap<>(Service.class);

	private final List<String> differences = new ArrayList<>();

	Oracle(Order order, Plan plan, @Nullable TraceHeader answer, Journal journal) {
		this.order = order;
		this.plan = plan;
		this.traceId = (answer != null) ? answer.traceId() : "unknown";
		for (Service service : plan.services()) {
			Work work = journal.work(order, service);
			if (work == null) {
				differs(service + " was not called");
				continue;
			}
			Part part = new Part(service, this.traceId, work, journal.spans(this.traceId, service),
					plan.fails(service));
			this.parts.put(service, part);
			if (part.size() != plan.spans(service) || part.localRoots().size() != 1) {
				differs(part + " recorded " + part.size() + " spans instead of " + plan.spans(service));
			}
		}
		plan.calls().forEach(this::checkCall);
		part(Service.A).ifPresent((part) -> checkAnswer(part, answer));
	}

	private void checkCall(Plan.Call call) {
		Part caller = this.parts.get(call.from());
		Part callee = this.parts.get(call.to());
		if (caller == null || callee == null) {
			return;
		}
		TraceHeader told = callee.work().incoming();
		if (told == null || !told.traceId().equals(this.traceId)) {
			differs(caller + " called " + callee + " outside the trace");
		}
		else {
			check(caller, told, caller.mustTell(call.to()), "calling " + call.to());
		}
		if (call.hop().isAnswered()) {
			checkAnswer(callee, caller.work().heardFrom(call.to()));
		}
	}

	private void checkAnswer(Part callee, @Nullable TraceHeader answer) {
		if (answer == null || !answer.traceId().equals(this.traceId)) {
			differs(callee + " did not answer with its trace");
		}
		else {
			check(callee, answer, callee.mustAnswer(), "answering");
		}
	}

	private void check(Part part, TraceHeader told, boolean must, String when) {
		if (must && !told.sampled()) {
			differs(part + " knew that it is kept and did not say so when " + when);
		}
		if (told.sampled() && !part.isKept() && !part.isUndecided()) {
			differs(part + " said without a reason that it is kept when " + when);
		}
	}

	/**
	 * Adds something that is not as it must be.
	 */
	void differs(String what) {
		this.differences.add(this.order.text() + ", trace " + this.traceId + ": " + what);
	}

	List<String> differences() {
		return this.differences;
	}

	Order order() {
		return this.order;
	}

	String traceId() {
		return this.traceId;
	}

	Iterable<Part> parts() {
		return this.parts.values();
	}

	/**
	 * Whether any part must be exported.
	 */
	boolean isKept() {
		return this.parts.values().stream().anyMatch(Part::isKept);
	}

	/**
	 * Why a part that is not kept could not be, though other parts of its trace are.
	 */
	Loss loss(Part part) {
		boolean producer = this.plan.calls()
			.stream()
			.filter((call) -> call.from() == part.service() && !call.hop().isAnswered())
			.anyMatch((call) -> part(call.to()).filter(Part::isKept).isPresent());
		Optional<Part> caller = this.plan.calls()
			.stream()
			.filter((call) -> call.to() == part.service())
			.findFirst()
			.flatMap((call) -> part(call.from()));
		if (producer || caller.isEmpty()) {
			return Loss.PRODUCER_WAS_DONE;
		}
		return caller.get().isKept() ? Loss.CALLEE_WAS_DONE : loss(caller.get());
	}

	private Optional<Part> part(Service service) {
		return Optional.ofNullable(this.parts.get(service));
	}

}
