package io.hindspan.benchmarks.export;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

/**
 * A thousand spans a second while the backend is away for as many seconds as the argument
 * says, and until it has all of them when it is back. Prints what became of them, and the
 * most memory, disk and time that they took.
 */
public final class OutageSimulation {

	private static final int PER_SECOND = 1000;

	private static final int PER_STEP = 10;

	private static final String VALUE = "a value as long as values are";

	private final PrintStream out = System.out;

	private final Set<String> received = new HashSet<>();

	private long duplicates;

	private long made;

	private long longest;

	private long mostHeap;

	private double mostDisk;

	private double mostQueued;

	private OutageSimulation() {
	}

	public static void main(String[] args) throws IOException {
		int seconds = (args.length > 0) ? Integer.parseInt(args[0]) : 600;
		Path directory = Files.createTempDirectory("hindspan-outage");
		try {
			new OutageSimulation().run(seconds, directory);
		}
		finally {
			delete(directory);
		}
	}

	private void run(int seconds, Path directory) {
		OtlpReceiver receiver = OtlpReceiver.start();
		int port = receiver.port();
		try (ConfigurableApplicationContext context = application(receiver.endpoint(), directory)) {
			MeterRegistry meters = new SimpleMeterRegistry();
			context.getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(meters));
			Tracer tracer = context.getBean(OpenTelemetry.class).getTracer("outage");
			load(tracer, meters, 5);
			take(receiver);
			receiver.close();
			this.out.println("The backend is away for " + seconds + " s");
			load(tracer, meters, seconds);
			long back = System.nanoTime();
			receiver = OtlpReceiver.start(port);
			while (this.received.size() < this.made && System.nanoTime() - back < TimeUnit.MINUTES.toNanos(5)) {
				load(tracer, meters, 1);
				take(receiver);
				if (value(meters, "hindspan.export.spool.spans") == 0) {
					break;
				}
			}
			long caughtUp = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - back);
			for (int i = 0; i < 100 && this.received.size() < this.made; i++) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
				take(receiver);
			}
			report(meters, caughtUp);
		}
		finally {
			receiver.close();
		}
	}

	private static ConfigurableApplicationContext application(String endpoint, Path directory) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run("--spring.main.banner-mode=off", "--spring.application.name=outage",
				"--logging.level.root=warn", "--management.tracing.sampling.probability=1",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + endpoint,
				"--hindspan.export.spool.directory=" + directory);
	}

	private void load(Tracer tracer, MeterRegistry meters, int seconds) {
		long step = TimeUnit.SECONDS.toNanos(1) * PER_STEP / PER_SECOND;
		long next = System.nanoTime();
		for (int i = 0; i < seconds * PER_SECOND / PER_STEP; i++) {
			for (int j = 0; j < PER_STEP; j++) {
				long begin = System.nanoTime();
				Span span = tracer.spanBuilder("step").startSpan();
				for (int attribute = 0; attribute < 5; attribute++) {
					span.setAttribute("attribute." + attribute, VALUE);
				}
				span.end();
				this.longest = Math.max(this.longest, System.nanoTime() - begin);
				this.made++;
			}
			if (i % 100 == 0) {
				observe(meters);
			}
			next += step;
			LockSupport.parkNanos(next - System.nanoTime());
		}
	}

	private void observe(MeterRegistry meters) {
		this.mostHeap = Math.max(this.mostHeap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		this.mostDisk = Math.max(this.mostDisk, value(meters, "hindspan.export.spool.size"));
		this.mostQueued = Math.max(this.mostQueued, value(meters, "hindspan.export.queue.size"));
	}

	private static double value(MeterRegistry meters, String name) {
		return Search.in(meters).name(name).gauges().stream().mapToDouble((gauge) -> gauge.value()).sum();
	}

	private void take(OtlpReceiver receiver) {
		for (RecordedSpan span : receiver.drain()) {
			if (!this.received.add(span.spanId())) {
				this.duplicates++;
			}
		}
	}

	private void report(MeterRegistry meters, long caughtUp) {
		double dropped = Search.in(meters)
			.name("hindspan.export.spans.dropped")
			.functionCounters()
			.stream()
			.mapToDouble((counter) -> counter.count())
			.sum();
		System.out
			.println("| spans | arrived | missing | counted as given up | twice | most in the queue | most on disk"
					+ " | most heap | longest time of a span | caught up after |");
		this.out.println("|---|---|---|---|---|---|---|---|---|---|");
		this.out.printf("| %d | %d | %d | %.0f | %d | %.0f | %.1f MB | %d MB | %d ms | %d s |%n", this.made,
				this.received.size(), this.made - this.received.size(), dropped, this.duplicates, this.mostQueued,
				this.mostDisk / 1e6, this.mostHeap / 1_000_000, TimeUnit.NANOSECONDS.toMillis(this.longest), caughtUp);
	}

	private static void delete(Path directory) throws IOException {
		Files.walkFileTree(directory, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.delete(file);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path visited, IOException ex) throws IOException {
				Files.delete(visited);
				return FileVisitResult.CONTINUE;
			}

		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
