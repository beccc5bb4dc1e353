package io.hindspan.store;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hindspan.JavaCommand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what {@link TraceStore} says that it takes with what it takes on the heap.
 */
class StoreMemoryIntegrationTests {

	private static final long MAX_BYTES = 48 << 20;

	/**
	 * In a JVM of its own, since others' threads use the heap of this one, too.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "request", "single", "large" })
	void estimateIsNearToTheHeap(String shape) throws Exception {
		Process process = new ProcessBuilder(JavaCommand.of(Measurement.class, shape)).redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		Matcher measured = Pattern.compile("filled (\\S+) full for long (\\S+)").matcher(output);
		assertThat(measured.find()).as(output).isTrue();
		assertThat(Double.parseDouble(measured.group(1))).as("heap of a store that was filled").isBetween(0.6, 1.2);
		assertThat(Double.parseDouble(measured.group(2))).as("heap of a store that is full for long")
			.isBetween(0.6, 1.2);
	}

	/**
	 * Fills a store and prints the heap that it takes in proportion to its estimate.
	 */
	static final class Measurement {

		private Measurement() {
		}

		public static void main(String[] args) {
			Shape shape = new Shape();
			Supplier<List<SpanRecord>> next = switch (args[0]) {
				case "request" -> shape::request;
				case "single" -> shape::single;
				default -> shape::large;
			};
			long empty = usedHeap();
			TraceStore store = new TraceStore(new StoreBounds(MAX_BYTES, Duration.ofDays(1), 20_000),
					Clock.systemUTC());
			while (store.status().bytes() < MAX_BYTES / 10 * 9) {
				store.add(next.get());
			}
			double filled = (double) (usedHeap() - empty) / store.status().bytes();
			long evicted = 4L * store.status().traces();
			while (store.status().evictedBySize() < evicted) {
				store.add(next.get());
			}
			double full = (double) (usedHeap() - empty) / store.status().bytes();
			if (store.status().bytes() > MAX_BYTES) {
				throw new IllegalStateException("The store holds more than it may");
			}
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
			out.println("filled " + filled + " full for long " + full);
		}

	}

	private static long usedHeap() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 4; i++) {
			System.gc();
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return least;
	}

	/**
	 * Makes traces as they come from the SDK or the wire: no two strings are the same
	 * object.
	 */
	private static final class Shape {

		private final Random random = new Random(7);

		private long number;

		private RecordedSpan span(int id) {
			return RecordedSpan.of(this.number, this.number * 100 + id).start(this.number * 1_000 + id);
		}

		private List<SpanRecord> request() {
			this.number++;
			List<SpanRecord> spans = new ArrayList<>();
			for (int i = 9; i >= 1; i--) {
				RecordedSpan span = span(i).parent(this.number * 100 + i / 3)
					.name("SELECT tasks " + i)
					.kind(SpanKind.CLIENT)
					.with("db.system.name", copy("postgresql"))
					.with("db.query.text",
							copy("SELECT id, title FROM tasks WHERE project = ? AND done = ? /* " + i + " */"))
					.with("server.address", copy("database.example"))
					.with("server.port", 5432)
					.with("db.response.returned_rows", this.random.nextInt(1000));
				if (this.random.nextInt(20) == 0) {
					span.error()
						.event("exception",
								Attributes.builder()
									.put("exception.type", copy("java.sql.SQLException"))
									.put("exception.stacktrace", "at line ".repeat(200) + this.number)
									.build());
				}
				spans.add(span.record());
			}
			spans.add(span(0).name(copy("GET /projects/{id}/" + this.random.nextInt(30)))
				.with("url.path", "/projects/" + this.random.nextInt(100_000))
				.with("user.id", "user-" + this.random.nextInt(5_000))
				.with("http.response.status_code", 200)
				.with("http.request.method", copy("GET"))
				.record());
			return spans;
		}

		private List<SpanRecord> single() {
			this.number++;
			return List.of(span(0).name(copy("tick")).record());
		}

		private List<SpanRecord> large() {
			this.number++;
			List<SpanRecord> spans = new ArrayList<>();
			for (int i = 0; i < 300; i++) {
				spans.add(span(i).parent(this.number * 100 + i / 2)
					.with("item.id", "item-" + this.number + "-" + i)
					.with("item.text", "ü€".repeat(this.random.nextInt(300)))
					.record());
			}
			return spans;
		}

		private static String copy(String text) {
			return new String(text.toCharArray());
		}

	}

}
