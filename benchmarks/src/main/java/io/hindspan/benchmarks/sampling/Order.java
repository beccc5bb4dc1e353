package io.hindspan.benchmarks.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;

import io.hindspan.benchmarks.sampling.Fault.Kind;

/**
 * What one request has the services do. It travels with the request as text.
 *
 * @param number the number of the request
 * @param topology who calls whom
 * @param fault what goes wrong, if anything does
 */
record Order(int number, Topology topology, @Nullable Fault fault) {

	private static final int PARTS_WITHOUT_FAULT = 2;

	/**
	 * Draws orders.
	 * @param count how many
	 * @param topologies the topologies, in turn
	 * @param errors the share of orders with an error
	 * @param slow the share of orders with a wait
	 * @param seed the seed
	 */
	static List<Order> random(int count, List<Topology> topologies, double errors, double slow, long seed) {
		Random random = new Random(seed);
		List<Order> orders = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			Topology topology = topologies.get(i % topologies.size());
			double draw = random.nextDouble();
			Kind kind = null;
			if (draw < errors) {
				kind = random.nextBoolean() ? Kind.ERROR : Kind.HANDLED_ERROR;
			}
			else if (draw < errors + slow) {
				kind = Kind.SLOW;
			}
			orders.add(new Order(i, topology, (kind != null) ? fault(kind, topology, random) : null));
		}
		return orders;
	}

	private static Fault fault(Kind kind, Topology topology, Random random) {
		List<Service> services = topology.services();
		Service service = services.get(random.nextInt(services.size()));
		return new Fault(kind, service, random.nextInt(topology.positions(service)));
	}

	/**
	 * What goes wrong at a point.
	 */
	@Nullable Kind faultAt(Service service, int position) {
		return (this.fault != null && this.fault.strikes(service, position)) ? this.fault.kind() : null;
	}

	boolean has(Kind... kinds) {
		return this.fault != null && List.of(kinds).contains(this.fault.kind());
	}

	String text() {
		String text = this.number + "." + this.topology.name();
		return (this.fault != null)
				? text + "." + this.fault.kind() + "." + this.fault.service() + "." + this.fault.position() : text;
	}

	static Order parse(String text) {
		String[] parts = text.split("\\.");
		Fault fault = (parts.length > PARTS_WITHOUT_FAULT)
				? new Fault(Kind.valueOf(parts[2]), Service.valueOf(parts[3]), Integer.parseInt(parts[4])) : null;
		return new Order(Integer.parseInt(parts[0]), Topology.valueOf(parts[1]), fault);
	}

}
