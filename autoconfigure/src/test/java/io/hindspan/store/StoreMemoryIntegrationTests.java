package io.hindspan.store;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what {@link TraceStore} says that it takes with what it takes on the heap.
 */
class StoreMemoryIntegrationTests {

	private static final long MAX_BYTES = 48 << 20;

	private static Stream<Arguments> shapes() {
		return Stream.of(Arguments.of("requests", (Function<Shape, List<SpanRecord>>) Shape::request),
				Arguments.of("one span", (Function<Shape, List<SpanRecord>>) Shape::single),
				Arguments.of("large", (Function<Shape, List<SpanRecord>>) Shape::large));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("shapes")
	void estimateIsNearToTheHeap(String name, Function<Shape, List<SpanRecord>> shape) {
		long empty = usedHeap();
		TraceStore store = new TraceStore(new StoreBounds(MAX_BYTES, Duration.ofDays(1), 20_000), Clock.systemUTC());
		Shape shapes = new Shape();
		while (store.status().bytes() < MAX_BYTES / 10 * 9) {
			store.add(shape.apply(shapes));
		}
		double fresh = (double) (usedHeap() - empty) / store.status().bytes();
		long evicted = 4L * store.status().traces();
		while (store.status().evictedBySize() < evicted) {
			store.add(shape.apply(shapes));
		}
		double churned = (double) (usedHeap() - empty) / store.status().bytes();
		assertThat(store.status().bytes()).isBetween(MAX_BYTES / 10 * 9, MAX_BYTES);
		assertThat(fresh).as("heap of a store that was filled: %s", fresh).isBetween(0.6, 1.2);
		assertThat(churned).as("heap of a store that is full for long: %s", churned).isBetween(0.6, 1.2);
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
