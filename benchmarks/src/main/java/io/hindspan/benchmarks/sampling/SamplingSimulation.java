package io.hindspan.benchmarks.sampling;

import java.io.PrintStream;
import java.util.List;

/**
 * How exactly what four services export at 1 % head sampling is what has to be kept, with
 * 1 % errors and 1 % slow requests. The arguments, which may be left out, are the number
 * of requests, how many are sent at a time, and a seed.
 */
public final class SamplingSimulation {

	private static final int REQUESTS = 100_000;

	/** Which part of the requests is sent before. */
	private static final int WARM_UP = 10;

	private static final int CONCURRENCY = 16;

	private static final long SEED = 4711;

	private static final int MAX_DIFFERENCES = 50;

	private static final double SHARE = 0.01;

	private static final PrintStream out = System.out;

	private SamplingSimulation() {
	}

	public static void main(String[] args) {
		int requests = (args.length > 0) ? Integer.parseInt(args[0]) : REQUESTS;
		int concurrency = (args.length > 1) ? Integer.parseInt(args[1]) : CONCURRENCY;
		long seed = (args.length > 2) ? Long.parseLong(args[2]) : SEED;
		int status = 1;
		try {
			status = run(requests, concurrency, seed).differences().isEmpty() ? 0 : 1;
		}
		catch (RuntimeException ex) {
			ex.printStackTrace(out);
		}
		finally {
			// The servers have threads that outlive them
			System.exit(status);
		}
	}

	private static Report run(int requests, int concurrency, long seed) {
		Topology[] topologies = Topology.values();
		Report all = new Report();
		try (Simulation simulation = Simulation.start(concurrency)) {
			List<Order> warmUp = Order.random(requests / WARM_UP, List.of(topologies), SHARE, SHARE, seed - 1);
			all.differences().addAll(simulation.run(warmUp).differences());
			out.println(Report.HEAD);
			for (Topology topology : topologies) {
				List<Order> orders = Order.random(requests / topologies.length, List.of(topology), SHARE, SHARE,
						seed + topology.ordinal());
				Report report = simulation.run(orders);
				out.println(report.row(topology.toString()));
				all.add(report);
			}
		}
		out.println(all.row("all"));
		out.println();
		all.losses().forEach((loss, count) -> out.println("Out of reach, " + count + " parts: " + loss));
		out.println("Too near the threshold to tell, parts: " + all.undecided());
		out.println("Differences: " + all.differences().size());
		all.differences().stream().limit(MAX_DIFFERENCES).forEach(out::println);
		return all;
	}

}
