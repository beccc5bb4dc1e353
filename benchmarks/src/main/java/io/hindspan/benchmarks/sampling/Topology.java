package io.hindspan.benchmarks.sampling;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.hindspan.benchmarks.sampling.Hop.Transport;

import static io.hindspan.benchmarks.sampling.Hop.http;
import static io.hindspan.benchmarks.sampling.Service.A;
import static io.hindspan.benchmarks.sampling.Service.B;
import static io.hindspan.benchmarks.sampling.Service.C;
import static io.hindspan.benchmarks.sampling.Service.D;

/**
 * Who calls whom. Every request comes in at {@link Service#A}.
 */
enum Topology {

	CHAIN("A → B → C → D", Map.of(A, List.of(http(B)), B, List.of(http(C)), C, List.of(http(D))), null),

	FAN_OUT("A → B, C and D at once", Map.of(A, List.of(http(B), http(C), http(D))), null),

	MIDDLE("A → B → C, then D", Map.of(A, List.of(http(B)), B, List.of(http(C), http(D))), null),

	HANDLED("A → B → C, B handles errors", Map.of(A, List.of(http(B)), B, List.of(http(C))), B),

	SEQUENCE("A → B, then C, then RabbitMQ → D, A handles errors",
			Map.of(A, List.of(http(B), http(C), new Hop(D, Transport.RABBIT))), A),

	KAFKA("A → Kafka → B → C", Map.of(A, List.of(new Hop(B, Transport.KAFKA)), B, List.of(http(C))), null),

	RABBIT("A → RabbitMQ → C → D", Map.of(A, List.of(new Hop(C, Transport.RABBIT)), C, List.of(http(D))), null);

	private final String text;

	private final Map<Service, List<Hop>> hops;

	private final Set<Service> handling;

	Topology(String text, Map<Service, List<Hop>> hops, Service handling) {
		this.text = text;
		this.hops = hops;
		this.handling = (handling != null) ? EnumSet.of(handling) : EnumSet.noneOf(Service.class);
	}

	List<Service> services() {
		EnumSet<Service> services = EnumSet.of(A);
		this.hops.values().forEach((hops) -> hops.forEach((hop) -> services.add(hop.to())));
		return List.copyOf(services);
	}

	List<Hop> hops(Service service) {
		return this.hops.getOrDefault(service, List.of());
	}

	/** Whether a service goes on when one that it called fails. */
	boolean isHandledBy(Service service) {
		return this.handling.contains(service);
	}

	boolean isConcurrent(Service service) {
		return this == FAN_OUT && service == A;
	}

	/** How often a service works: before its calls, between and after them. */
	int positions(Service service) {
		return isConcurrent(service) ? 2 : hops(service).size() + 1;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
