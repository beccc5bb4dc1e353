package io.hindspan.benchmarks.sampling;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.hindspan.benchmarks.sampling.Fault.Kind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what four services export is what the specification of sampling has them
 * export.
 */
class SamplingSimulationIntegrationTests {

	private static final int CONCURRENCY = 12;

	private static final long BUDGET = 32 << 20;

	private static final long TINY_BUDGET = 6 << 10;

	@Test
	void everyPartIsKeptThatMustBe() {
		try (Simulation simulation = Simulation.start(CONCURRENCY)) {
			Report report = simulation.run(Order.random(2000, List.of(Topology.values()), 0.04, 0.02, 4711));
			assertThat(report.differences()).isEmpty();
			assertThat(report.exported()).isBetween(report.expected(), report.expected() + report.undecided());
			assertThat(report.losses()).containsOnlyKeys(Loss.values());
			assertThat(report.givenUp()).isZero();
			assertThat(report.mostBytes()).isPositive().isLessThanOrEqualTo(BUDGET);
		}
	}

	/**
	 * All parts are kept, but spans that end early find no room.
	 */
	@Test
	void everySpanIsCountedThatIsGivenUp() {
		Order order = new Order(0, Topology.CHAIN, new Fault(Kind.ERROR, Service.D, 0));
		List<Order> orders = IntStream.range(0, 300)
			.mapToObj((number) -> new Order(number, order.topology(), order.fault()))
			.toList();
		try (Simulation simulation = Simulation.start(CONCURRENCY,
				"--hindspan.sampling.tail.max-buffer-size=" + TINY_BUDGET + "B")) {
			Report report = simulation.run(orders);
			assertThat(report.differences()).isEmpty();
			assertThat(report.expected()).isEqualTo(orders.size() * Service.values().length);
			assertThat(report.givenUp()).isPositive().isEqualTo(report.lostSpans());
			assertThat(report.mostBytes()).isPositive().isLessThanOrEqualTo(TINY_BUDGET);
		}
	}

}
