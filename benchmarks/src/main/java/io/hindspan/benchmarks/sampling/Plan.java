package io.hindspan.benchmarks.sampling;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.hindspan.benchmarks.sampling.Fault.Kind;

/**
 * What an order must lead to, whatever is sampled: who is called by whom, who fails, and
 * how many spans each service makes. So spans that were never recorded are missed too.
 */
final class Plan {

	private final Map<Service, Integer> spans = new EnumMap<>(Service.class);

	private final Set<Service> failed = EnumSet.noneOf(Service.class);

	private final List<Call> calls = new ArrayList<>();

	private final Order order;

	private Plan(Order order) {
		this.order = order;
	}

	static Plan of(Order order) {
		Plan plan = new Plan(order);
		plan.visit(Service.A);
		return plan;
	}

	private boolean visit(Service service) {
		Topology topology = this.order.topology();
		this.spans.put(service, 1);
		boolean fails = works(service, 0);
		if (topology.isConcurrent(service)) {
			fails = fails || callsAll(service) || works(service, 1);
		}
		else {
			int position = 1;
			for (Hop hop : topology.hops(service)) {
				fails = fails || calls(service, hop) || works(service, position++);
			}
		}
		if (fails) {
			this.failed.add(service);
		}
		return fails;
	}

	private boolean callsAll(Service service) {
		boolean fails = false;
		for (Hop hop : this.order.topology().hops(service)) {
			fails |= calls(service, hop);
		}
		return fails;
	}

	private boolean works(Service service, int position) {
		this.spans.merge(service, 1, Integer::sum);
		return this.order.faultAt(service, position) == Kind.ERROR;
	}

	private boolean calls(Service service, Hop hop) {
		this.spans.merge(service, 1, Integer::sum);
		this.calls.add(new Call(service, hop));
		return visit(hop.to()) && hop.isAnswered() && !this.order.topology().isHandledBy(service);
	}

	/** The services that take part. */
	Set<Service> services() {
		return this.spans.keySet();
	}

	int spans(Service service) {
		return this.spans.get(service);
	}

	int spans() {
		return this.spans.values().stream().mapToInt(Integer::intValue).sum();
	}

	/** Whether a service ends with an error. */
	boolean fails(Service service) {
		return this.failed.contains(service);
	}

	List<Call> calls() {
		return this.calls;
	}

	/**
	 * A call that is made.
	 *
	 * @param from who calls
	 * @param hop whom, and how
	 */
	record Call(Service from, Hop hop) {

		Service to() {
			return this.hop.to();
		}

	}

}
