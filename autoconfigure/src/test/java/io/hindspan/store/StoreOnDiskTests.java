package io.hindspan.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hindspan.store.disk.DiskTraces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TraceStore} where it keeps traces on disk.
 */
class StoreOnDiskTests {

	@TempDir
	private Path directory;

	@Test
	void tracesOutliveARestart() {
		SpanRecord span = span("order", 1);
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(span));
		}
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			assertThat(store.status().traces()).isZero();
			assertThat(Objects.requireNonNull(store.find(span.traceId())).spans()).containsExactly(span);
			TraceMatches matches = search(store, "name=order", 0, 10);
			assertThat(matches.traces()).extracting(Trace::id).containsExactly(span.traceId());
			assertThat(matches.total()).isEqualTo(1);
			assertThat(search(store, "name=other", 0, 10).total()).isZero();
		}
	}

	@Test
	void traceThatIsInBothIsFoundOnceAndWhole() {
		SpanRecord early = span("early", 1);
		SpanRecord late = RecordedSpan.of(1, 2).name("late").start(early.start() + 1).record();
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(early));
		}
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(late));
			assertThat(Objects.requireNonNull(store.find(early.traceId())).spans()).containsExactlyInAnyOrder(early,
					late);
			assertThat(search(store, "", 0, 10).traces()).hasSize(1);
		}
	}

	@Test
	void pagesGoOnFromMemoryToDisk() {
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(span("a", 1), span("b", 2), span("c", 3)));
		}
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(span("d", 4), span("e", 5)));
			assertThat(names(search(store, "", 0, 2))).containsExactly("e", "d");
			assertThat(names(search(store, "", 2, 2))).containsExactly("c", "b");
			assertThat(names(search(store, "", 4, 2))).containsExactly("a");
			assertThat(search(store, "", 0, 10).histogram().counts()).containsExactly(5, 0);
		}
	}

	@Test
	void clearingForgetsWhatIsOnDisk() {
		SpanRecord span = span("order", 1);
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(span));
			store.clear();
			await().until(() -> store.find(span.traceId()) == null);
		}
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			assertThat(search(store, "", 0, 10).total()).isZero();
		}
	}

	@Test
	void whatWasClearedIsNotFoundWhileTheDiskIsBusy() {
		SpanRecord span = span("order", 1);
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(List.of(span));
		}
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			store.add(IntStream.range(2, 5000).mapToObj((number) -> span("other", number)).toList());
			assertThat(search(store, "name=order", 0, 10).total()).isEqualTo(1);
			store.clear();
			assertThat(search(store, "", 0, 10).total()).isZero();
			assertThat(store.find(span.traceId())).isNull();
			SpanRecord next = span("next", 6000);
			store.add(List.of(next));
			assertThat(names(search(store, "", 0, 10))).containsExactly("next");
		}
		try (TraceStore store = store(StoreBounds.DEFAULT)) {
			assertThat(names(search(store, "", 0, 10))).containsExactly("next");
		}
	}

	@Test
	void propertiesNameTheDirectory() {
		runner().withPropertyValues("hindspan.store.directory=" + this.directory.resolve("traces")).run((context) -> {
			assertThat(context.getBean(TraceStore.class).status().disk()).isNotNull();
			assertThat(this.directory.resolve("traces")).isDirectory();
		});
		runner().run((context) -> assertThat(context.getBean(TraceStore.class).status().disk()).isNull());
	}

	@Test
	void directoryWithoutTheLibraryFailsTheStart() {
		runner().withClassLoader(new FilteredClassLoader("org.h2.mvstore"))
			.withPropertyValues("hindspan.store.directory=" + this.directory)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("hindspan.store.directory")
				.hasMessageContaining("com.h2database:h2-mvstore"));
		runner().withClassLoader(new FilteredClassLoader("org.h2.mvstore"))
			.run((context) -> assertThat(context).hasSingleBean(TraceStore.class));
	}

	@Test
	void wrongValuesFailTheStart() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		fails("hindspan.store.directory", file.toString(), "It is a file");
		fails("hindspan.store.retention", "0s", "30d");
		fails("hindspan.store.max-disk-size", "1KB", "16MB");
	}

	private void fails(String property, String value, String remedy) {
		runner().withPropertyValues(property + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining(property)
				.hasMessageContaining(remedy));
	}

	private static ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(StoreAutoConfiguration.class))
			.withPropertyValues("hindspan.environment=development");
	}

	private TraceStore store(StoreBounds bounds) {
		Clock clock = Clock.systemUTC();
		return new TraceStore(bounds, clock, new DiskTraces(this.directory, Duration.ofDays(30), 100_000_000, clock));
	}

	private static SpanRecord span(String name, int number) {
		long now = TimeUnit.MILLISECONDS.toNanos(Clock.systemUTC().millis());
		return RecordedSpan.of(number, 1).name(name).start(now + number).record();
	}

	private static TraceMatches search(TraceStore store, String query, int offset, int limit) {
		return store.search(
				new TraceSearch(TraceQuery.parse(query), null, null, TraceSearch.Order.START, false, offset, limit));
	}

	private static List<String> names(TraceMatches matches) {
		return matches.traces().stream().map((trace) -> trace.root().name()).toList();
	}

}
