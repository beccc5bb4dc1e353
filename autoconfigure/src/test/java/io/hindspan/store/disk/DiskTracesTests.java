package io.hindspan.store.disk;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import io.hindspan.JavaCommand;
import io.hindspan.SettableClock;
import io.hindspan.store.SpanOrigin;
import io.hindspan.store.SpanRecord;
import io.hindspan.store.Trace;
import io.hindspan.store.TraceQuery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for traces on disk.
 */
@ExtendWith(OutputCaptureExtension.class)
class DiskTracesTests {

	private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

	private static final Duration SOON = Duration.ofSeconds(30);

	private static final long MAX_BYTES = 64 * 1024 * 1024;

	private static final int LARGE = 20_000;

	@TempDir
	private Path directory;

	private final List<DiskTraces> opened = new ArrayList<>();

	private final SettableClock clock = new SettableClock(NOW);

	private DiskTraces open() {
		return open(MAX_BYTES, Duration.ofMinutes(1));
	}

	private DiskTraces open(long maxBytes, Duration maintenance) {
		DiskTraces traces = new DiskTraces(this.directory.resolve("traces"), Duration.ofDays(30), maxBytes, this.clock,
				maintenance);
		this.opened.add(traces);
		return traces;
	}

	private Path file() {
		return this.directory.resolve("traces").resolve("traces.mv");
	}

	@AfterEach
	void close() {
		this.opened.forEach(DiskTraces::close);
	}

	private static SpanRecord span(int trace, int span, Instant start) {
		long nanos = start.getEpochSecond() * 1_000_000_000L + start.getNano();
		return new SpanRecord(id(trace), String.format("%016x", span), (span > 1) ? String.format("%016x", 1) : null,
				(byte) 1, "a=b",
				new SpanOrigin("tasks", "io.hindspan.web", "1",
						Attributes.of(AttributeKey.stringKey("service.name"), "tasks")),
				"span " + span, SpanKind.SERVER, nanos, nanos + 1000 * span, StatusCode.UNSET, "",
				Attributes.of(AttributeKey.longKey("number"), (long) trace, AttributeKey.stringKey("user"),
						"u" + trace),
				1, List.of(new SpanRecord.Event("e", nanos + 1, Attributes.of(AttributeKey.booleanKey("x"), true))), 2,
				List.of(new SpanRecord.Link(id(trace + 1), String.format("%016x", 7), Attributes.empty())), 3);
	}

	private static SpanRecord large(int trace, Random random) {
		byte[] noise = new byte[LARGE];
		random.nextBytes(noise);
		SpanRecord span = span(trace, 1, NOW.plusMillis(trace));
		return new SpanRecord(span.traceId(), span.spanId(), null, (byte) 1, "", span.origin(), "large", span.kind(),
				span.start(), span.end(), span.status(), "",
				Attributes.of(AttributeKey.valueKey("noise"), Value.of(noise)), 0, List.of(), 0, List.of(), 0);
	}

	private static String id(int trace) {
		return String.format("%032x", trace + 1);
	}

	private static void append(DiskTraces traces, SpanRecord... spans) {
		traces.append(List.of(spans), 1000L * spans.length);
	}

	private static void write(DiskTraces traces, SpanRecord... spans) throws InterruptedException {
		append(traces, spans);
		assertThat(traces.flush(SOON)).isTrue();
	}

	@Test
	void traceSurvivesARestart() throws InterruptedException {
		DiskTraces traces = open();
		write(traces, span(1, 2, NOW), span(2, 1, NOW));
		write(traces, span(1, 1, NOW.minusSeconds(1)));
		traces.close();
		Trace trace = open().find(id(1));
		assertThat(trace).isNotNull();
		assertThat(trace.spans()).containsExactly(span(1, 1, NOW.minusSeconds(1)), span(1, 2, NOW));
		assertThat(this.opened.get(1).find(id(2)).spans()).containsExactly(span(2, 1, NOW));
		assertThat(this.opened.get(1).find(id(3))).isNull();
		assertThat(this.opened.get(1).status()).satisfies((status) -> {
			assertThat(status.traces()).isEqualTo(2);
			assertThat(status.bytes()).isPositive();
			assertThat(status.fileBytes()).isEqualTo(Files.size(file()));
			assertThat(status.problem()).isNull();
		});
	}

	@Test
	void searchGoesFromTheNewestToTheOldest() throws InterruptedException {
		DiskTraces traces = open();
		for (int i = 0; i < 10; i++) {
			write(traces, span(i, 2, NOW.minusSeconds(50 - i)));
		}
		// The root comes late and makes this trace the oldest
		write(traces, span(9, 1, NOW.minusSeconds(100)));
		assertThat(scan(traces, "", null, null, 100, 100)).containsExactly(8, 7, 6, 5, 4, 3, 2, 1, 0, 9);
		assertThat(scan(traces, "number>=3 number<5", null, null, 100, 100)).containsExactly(4, 3);
		assertThat(scan(traces, "user=u9", null, null, 100, 100)).containsExactly(9);
		assertThat(scan(traces, "", NOW.minusSeconds(48), NOW.minusSeconds(45), 100, 100)).containsExactly(5, 4, 3, 2);
		assertThat(scan(traces, "", null, null, 2, 100)).containsExactly(8, 7);
		DiskScan bounded = traces.scan(TraceQuery.parse("number<=7"), null, null, id(6)::equals, 100, 3);
		assertThat(bounded.complete()).isFalse();
		assertThat(bounded.traces()).extracting(Trace::id).containsExactly(id(7), id(5));
		assertThat(traces.scan(TraceQuery.parse(""), null, null, (id) -> false, 10, 10).complete()).isTrue();
		traces.clear();
		assertThat(traces.flush(SOON)).isTrue();
		assertThat(scan(traces, "", null, null, 100, 100)).isEmpty();
		assertThat(traces.status().bytes()).isZero();
	}

	private static List<Integer> scan(DiskTraces traces, String query, @Nullable Instant from, @Nullable Instant to,
			int limit, int bound) {
		return traces
			.scan(TraceQuery.parse(query), (from != null) ? from.toEpochMilli() * 1_000_000 : null,
					(to != null) ? to.toEpochMilli() * 1_000_000 : null, (id) -> false, limit, bound)
			.traces()
			.stream()
			.map((trace) -> Integer.parseInt(trace.id(), 16) - 1)
			.toList();
	}

	@Test
	void oldTracesAreDeleted() throws InterruptedException {
		DiskTraces traces = open(MAX_BYTES, Duration.ofMillis(20));
		write(traces, span(1, 1, NOW.minus(Duration.ofDays(20))), span(2, 1, NOW));
		this.clock.set(NOW.plus(Duration.ofDays(11)));
		await().atMost(SOON).until(() -> traces.status().expiredTraces() == 1);
		assertThat(traces.find(id(1))).isNull();
		assertThat(traces.find(id(2))).isNotNull();
		write(traces, span(3, 1, this.clock.instant().minus(Duration.ofDays(40))));
		await().atMost(SOON).until(() -> traces.status().expiredTraces() == 2);
		assertThat(traces.status().traces()).isEqualTo(1);
	}

	@Test
	void retentionThatIsLongerThanTimeItselfDeletesNothing() throws InterruptedException {
		for (Duration retention : List.of(Duration.ofDays(30_000), Duration.ofSeconds(Long.MAX_VALUE))) {
			try (DiskTraces traces = new DiskTraces(this.directory.resolve("long"), retention, MAX_BYTES, this.clock,
					Duration.ofMillis(1))) {
				write(traces, span(1, 1, NOW));
				write(traces, span(2, 1, NOW));
				assertThat(scan(traces, "", null, null, 10, 10)).contains(1, 2);
				assertThat(traces.status().expiredTraces()).isZero();
			}
		}
	}

	@Test
	void fileStaysWithinItsSize() throws Exception {
		long maxBytes = 2 * 1024 * 1024;
		DiskTraces traces = open(maxBytes, Duration.ofMillis(100));
		Random random = new Random(1);
		long written = 0;
		long largest = 0;
		for (int i = 0; i < 600; i++) {
			write(traces, large(i, random));
			written += LARGE;
			largest = Math.max(largest, Files.size(file()));
		}
		await().atMost(SOON).until(() -> Files.size(file()) <= maxBytes);
		assertThat(written).isGreaterThan(5 * maxBytes);
		assertThat(largest).isLessThan(maxBytes / 2 * 3);
		DiskStatus status = traces.status();
		assertThat(status.evictedTraces()).isPositive();
		assertThat(status.bytes()).isGreaterThan(maxBytes / 4);
		List<Integer> kept = scan(traces, "", null, null, 1000, 1000);
		assertThat(kept).hasSize(status.traces()).startsWith(kept.get(0), kept.get(0) - 1);
		assertThat(traces.find(id(0))).isNull();
	}

	@Test
	void smallTracesFitInToo() throws Exception {
		long maxBytes = 2 * 1024 * 1024;
		DiskTraces traces = open(maxBytes, Duration.ofMillis(100));
		for (int i = 0; i < 30_000; i++) {
			append(traces, span(i, 1, NOW.plusMillis(i)));
			if (i % 500 == 0) {
				assertThat(traces.flush(SOON)).isTrue();
			}
		}
		await().atMost(SOON).until(() -> Files.size(file()) <= maxBytes);
		assertThat(traces.status().evictedTraces()).isPositive();
		assertThat(traces.status().problem()).isNull();
		assertThat(traces.find(id(29_999))).isNotNull();
	}

	/**
	 * Who has the file keeps it while another one takes its place.
	 */
	@Test
	void nobodyElseGetsTheFileWhileItIsCopied() throws Exception {
		DiskTraces first = open(1024 * 1024, Duration.ofMinutes(1));
		write(first, span(0, 1, NOW));
		DiskTraces second = open(1024 * 1024, Duration.ofMillis(1));
		Object before = key();
		CountDownLatch end = new CountDownLatch(1);
		List<Throwable> failures = new ArrayList<>();
		Thread watcher = new Thread(() -> {
			try {
				while (end.getCount() > 0) {
					assertThat(file()).exists();
					assertThat(second.status().problem()).contains("in use by another process");
				}
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		});
		watcher.start();
		Random random = new Random(3);
		for (int i = 1; i < 400; i++) {
			write(first, large(i, random));
		}
		end.countDown();
		watcher.join();
		assertThat(failures).isEmpty();
		assertThat(key()).isNotEqualTo(before);
		assertThat(first.status().problem()).isNull();
		assertThat(first.status().lostSpans()).isZero();
		first.close();
		await().atMost(SOON).until(() -> second.status().problem() == null);
		assertThat(second.find(id(399))).isNotNull();
	}

	private Object key() throws IOException {
		return Files.readAttributes(file(), BasicFileAttributes.class).fileKey();
	}

	@Test
	void pageThatIsDamagedCostsItsTracesOnly() throws Exception {
		DiskTraces before = open();
		Random random = new Random(5);
		for (int i = 0; i < 200; i++) {
			write(before, large(i, random));
		}
		before.close();
		byte[] content = Files.readAllBytes(file());
		int damaged = content.length / 5 * 4;
		Arrays.fill(content, damaged, damaged + 4096, (byte) 0);
		Files.write(file(), content);
		DiskTraces after = open(3 * 1024 * 1024, Duration.ofMillis(20));
		write(after, large(200, random));
		await().atMost(SOON).until(() -> Files.size(file()) < content.length / 2);
		assertThat(after.status().problem()).isNull();
		List<Integer> kept = scan(after, "", null, null, 1000, 1000);
		assertThat(kept).hasSizeBetween(60, 76).startsWith(200, 199).hasSizeLessThan(201 - kept.get(kept.size() - 1));
		assertThat(aside()).doesNotExist();
	}

	/**
	 * Every trace is deleted some day, and its room is looked at for better use.
	 */
	@Test
	void pageThatIsDamagedCostsNothingElseWhenItsTracesAreDeleted() throws Exception {
		DiskTraces before = open();
		Random random = new Random(5);
		for (int i = 0; i < 200; i++) {
			this.clock.set(NOW.plusMillis(i));
			write(before, large(i, random));
		}
		before.close();
		byte[] content = Files.readAllBytes(file());
		Arrays.fill(content, content.length / 2, content.length / 2 + 4096, (byte) 0);
		Files.write(file(), content);
		this.clock.set(NOW.plus(Duration.ofDays(30)).plusMillis(150));
		DiskTraces after = open(MAX_BYTES, Duration.ofMillis(20));
		await().atMost(SOON).until(() -> after.status().traces() <= 50);
		this.clock.set(NOW.plusMillis(200));
		write(after, span(200, 1, NOW.plusMillis(200)));
		assertThat(after.status().problem()).isNull();
		assertThat(scan(after, "", null, null, 1000, 1000)).hasSizeGreaterThan(40).startsWith(200, 199);
	}

	@Test
	void keyThatIsOutOfOrderDoesNotKeepTheWriterFromItsWork() throws Exception {
		DiskTraces traces = open(MAX_BYTES, Duration.ofMillis(50));
		for (int i = 0; i < 20; i++) {
			write(traces, span(i, 1, NOW.plusMillis(i)));
		}
		traces.close();
		byte[] content = Files.readAllBytes(file());
		String first = String.format("%016x", NOW.toEpochMilli() * 1_000_000) + id(0);
		int changed = 0;
		for (int at : places(content, first)) {
			content[at] = 'f';
			changed++;
		}
		assertThat(changed).isPositive();
		Files.write(file(), content);
		this.clock.set(NOW.plus(Duration.ofDays(40)));
		DiskTraces after = open(MAX_BYTES, Duration.ofMillis(50));
		await().atMost(SOON).until(() -> {
			write(after, span(300, 1, this.clock.instant()));
			return after.find(id(300)) != null && after.status().problem() == null;
		});
		assertThat(after.status().expiredTraces()).isLessThan(100);
	}

	private static List<Integer> places(byte[] content, String text) {
		String all = new String(content, StandardCharsets.ISO_8859_1);
		List<Integer> places = new ArrayList<>();
		for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
			places.add(at);
		}
		return places;
	}

	/**
	 * Ids are random, and a page of them must not be written for each.
	 */
	@Test
	void copyIsNotLongerThanWhatIsInIt() throws Exception {
		Path from = this.directory.resolve("from.mv");
		Random random = new Random(11);
		try (TraceFile file = TraceFile.open(from, -1)) {
			for (int i = 0; i < 60_000; i++) {
				String id = String.format("%016x%016x", random.nextLong(), random.nextLong() | 1);
				SpanRecord span = span(i, 1, NOW.plusMillis(i));
				file.append(List.of(new SpanRecord(id, span.spanId(), null, (byte) 1, "", span.origin(), span.name(),
						span.kind(), span.start(), span.end(), span.status(), "", span.attributes(), 0, List.of(), 0,
						List.of(), 0)), span.start());
				if (i % 1000 == 0) {
					file.commit();
				}
			}
			file.commit();
			Path to = this.directory.resolve("to.mv");
			assertThat(file.copyTo(to, () -> false)).isEqualTo(file.bytes());
			assertThat(Files.size(to)).isLessThan(file.bytes());
			try (TraceFile copy = TraceFile.open(to, -1)) {
				assertThat(copy.size()).isEqualTo(60_000);
				assertThat(copy.bytes()).isEqualTo(file.bytes());
			}
			assertThatIOException().isThrownBy(() -> file.copyTo(to, () -> true));
			assertThat(to).doesNotExist();
		}
	}

	/**
	 * A request that is cancelled interrupts its thread.
	 */
	@Test
	void readerThatIsInterruptedDisturbsNobody() throws Exception {
		DiskTraces traces = open();
		write(traces, span(1, 1, NOW));
		traces.close();
		DiskTraces again = open();
		Thread.currentThread().interrupt();
		again.find(id(1));
		again.scan(TraceQuery.parse(""), null, null, (id) -> false, 10, 10);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(again.find(id(1))).isNotNull();
		write(again, span(2, 1, NOW));
		assertThat(again.find(id(2))).isNotNull();
	}

	@Test
	void batchThatIsLargerThanTheBoundIsTakenWhereNothingWaits() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		DiskTraces traces = new DiskTraces(this.directory.resolve("traces"), Duration.ofDays(30), MAX_BYTES,
				clock(() -> {
					try {
						go.await();
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
				}), Duration.ofHours(1));
		this.opened.add(traces);
		assertThat(traces.append(List.of(span(1, 1, NOW)), Long.MAX_VALUE / 4)).isTrue();
		assertThat(traces.append(List.of(span(2, 1, NOW)), Long.MAX_VALUE / 4)).isFalse();
		go.countDown();
		assertThat(traces.flush(SOON)).isTrue();
		assertThat(traces.find(id(1))).isNotNull();
		assertThat(traces.bounds()).element(1).satisfies((bound) -> {
			assertThat(bound.current()).isZero();
			assertThat(bound.givenUp()).isEqualTo(1);
		});
	}

	/**
	 * A clock at which something happens to whoever looks.
	 */
	private static Clock clock(Runnable look) {
		return new Clock() {

			@Override
			public ZoneOffset getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				look.run();
				return NOW;
			}

		};
	}

	@ParameterizedTest
	@ValueSource(strings = { "traces", "order" })
	void pageOfAnIndexThatIsDamagedCostsItsTracesOnly(String index) throws Exception {
		DiskTraces before = open();
		for (int i = 0; i < 5000; i++) {
			append(before, mixed(i));
		}
		assertThat(before.flush(SOON)).isTrue();
		before.close();
		long place;
		try (DiskTraces whole = new DiskTraces(file().getParent(), Duration.ofDays(30), MAX_BYTES, this.clock,
				Duration.ofMinutes(1))) {
			place = placeOfALeaf(whole, index);
		}
		try (FileChannel file = FileChannel.open(file(), StandardOpenOption.WRITE)) {
			file.write(ByteBuffer.allocate(512), place);
		}
		DiskTraces after = open();
		for (int i = 5000; i < 6000; i++) {
			append(after, mixed(i));
		}
		assertThat(after.flush(SOON)).isTrue();
		assertThat(after.status().problem()).isNull();
		assertThat(after.status().lostSpans()).isZero();
		assertThat(after.status().traces()).isBetween(3000, 6000);
		int found = 0;
		for (int i = 0; i < 6000; i++) {
			found += (after.find(mixed(i).traceId()) != null) ? 1 : 0;
		}
		assertThat(found).isEqualTo(after.status().traces());
		assertThat(aside()).exists();
	}

	/**
	 * A span of a trace whose id is random, as ids are.
	 */
	private static SpanRecord mixed(int trace) {
		SpanRecord span = span(trace, 1, NOW.plusMillis(trace));
		String id = String.format("%016x", (trace + 1) * 0x9e3779b97f4a7c15L) + String.format("%016x", trace + 1);
		return new SpanRecord(id, span.spanId(), null, (byte) 1, "", span.origin(), span.name(), span.kind(),
				span.start(), span.end(), span.status(), "", span.attributes(), 0, List.of(), 0, List.of(), 0);
	}

	private static long placeOfALeaf(DiskTraces traces, String index) {
		Object file = open(traces);
		long leaf = ((MVMap<?, ?>) ReflectionTestUtils.getField(file, index)).getRootPage().getChildPagePos(1);
		Map<?, ?> chunks = (Map<?, ?>) ReflectionTestUtils.getField(store(traces).getFileStore(), "chunks");
		Object chunk = chunks.get(DataUtils.getPageChunkId(leaf));
		return (Long) ReflectionTestUtils.getField(chunk, "block") * 4096 + DataUtils.getPageOffset(leaf);
	}

	@Test
	void spanThatCannotBeWrittenCostsItsBatchOnly() throws Exception {
		DiskTraces traces = open();
		append(traces, span(1, 1, NOW));
		SpanRecord span = span(2, 1, NOW);
		append(traces, new SpanRecord(span.traceId(), span.spanId(), null, (byte) 1, "", span.origin(), null,
				span.kind(), span.start(), span.end(), null, "", span.attributes(), 0, List.of(), 0, List.of(), 0));
		write(traces, span(3, 1, NOW));
		assertThat(traces.status().problem()).isNull();
		assertThat(traces.status().lostSpans()).isEqualTo(1);
		assertThat(scan(traces, "", null, null, 10, 10)).containsExactlyInAnyOrder(1, 3);
	}

	@Test
	void missingElementsAreWrittenAsTheSpecificationHasIt() throws Exception {
		SpanRecord span = span(1, 1, NOW);
		Attributes attributes = Attributes.builder()
			.put(AttributeKey.stringArrayKey("s"), Arrays.asList("a", null))
			.put(AttributeKey.longArrayKey("l"), Arrays.asList(1L, null))
			.put(AttributeKey.doubleArrayKey("d"), Arrays.asList(1.5, null))
			.put(AttributeKey.booleanArrayKey("b"), Arrays.asList(true, null))
			.build();
		List<SpanRecord> read = RecordCode.decode(span.traceId(),
				RecordCode.encode(List.of(new SpanRecord(span.traceId(), span.spanId(), null, (byte) 1, "",
						span.origin(), span.name(), span.kind(), span.start(), span.end(), span.status(), "",
						attributes, 0, List.of(), 0, List.of(), 0))));
		assertThat(read.get(0).attributes()).isEqualTo(Attributes.builder()
			.put(AttributeKey.stringArrayKey("s"), List.of("a", ""))
			.put(AttributeKey.longArrayKey("l"), List.of(1L, 0L))
			.put(AttributeKey.doubleArrayKey("d"), List.of(1.5, 0.0))
			.put(AttributeKey.booleanArrayKey("b"), List.of(true, false))
			.build());
	}

	private Path aside() {
		return file().resolveSibling("traces.mv.unreadable");
	}

	@Test
	void fileIsItsOwnersAlone() throws IOException {
		open();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
			.isEqualTo("rwx------");
	}

	@Test
	void secondOneOnAFileSaysSoAndFollowsTheFirst(CapturedOutput output) throws InterruptedException {
		DiskTraces first = open();
		DiskTraces second = open(MAX_BYTES, Duration.ofMillis(20));
		write(first, span(1, 1, NOW));
		append(second, span(2, 1, NOW));
		assertThat(second.status().problem()).contains("in use by another process");
		assertThat(second.status().lostSpans()).isEqualTo(1);
		assertThat(second.find(id(1))).isNull();
		assertThat(second.scan(TraceQuery.parse(""), null, null, (id) -> false, 10, 10).traces()).isEmpty();
		assertThat(output).containsOnlyOnce("cannot be kept in");
		first.close();
		await().atMost(SOON).until(() -> second.status().problem() == null);
		assertThat(second.find(id(1))).isNotNull();
	}

	@Test
	void fileThatIsDeletedBeneathIsBegunAgain(CapturedOutput output) throws Exception {
		DiskTraces traces = open(MAX_BYTES, Duration.ofMillis(20));
		write(traces, span(1, 1, NOW));
		Files.delete(file());
		await().atMost(SOON).until(() -> Files.exists(file()) && traces.status().problem() == null);
		assertThat(output).containsOnlyOnce("cannot be kept in").contains("It has been deleted");
		write(traces, span(2, 1, NOW));
		traces.close();
		assertThat(open().find(id(2))).isNotNull();
	}

	/**
	 * A process that is killed has not closed its file.
	 */
	@Test
	void whatAKilledProcessWroteIsThere() throws Exception {
		Process process = new ProcessBuilder(JavaCommand.of(Writer.class, this.directory.resolve("traces").toString()))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		try (BufferedReader reader = process.inputReader()) {
			assertThat(reader.readLine()).isEqualTo("written");
			DiskTraces traces = open(MAX_BYTES, Duration.ofMillis(50));
			assertThat(traces.status().problem()).contains("in use by another process");
			process.destroyForcibly().waitFor();
			await().atMost(SOON).until(() -> traces.status().problem() == null);
			assertThat(scan(traces, "", null, null, 1000, 1000)).hasSize(Writer.TRACES).startsWith(Writer.TRACES - 1);
			assertThat(traces.find(id(3)).spans()).hasSize(2);
			write(traces, span(5000, 1, NOW));
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void fileThatIsNoneIsSetAside(CapturedOutput output) throws Exception {
		Files.createDirectories(file().getParent());
		Files.write(file(), new byte[10_000]);
		DiskTraces traces = open();
		assertThat(output).contains("cannot be read").contains("traces.mv.unreadable");
		write(traces, span(1, 1, NOW));
		assertThat(traces.find(id(1))).isNotNull();
		assertThat(aside()).hasSize(10_000);
	}

	/**
	 * Whatever the disk has done to the file, traces can be written and read afterwards.
	 */
	@Test
	void damagedFileIsNeverFatal() throws Exception {
		DiskTraces healthy = open();
		for (int i = 0; i < 300; i++) {
			append(healthy, span(i, 1, NOW.plusMillis(i)), span(i, 2, NOW.plusMillis(i)));
		}
		healthy.close();
		byte[] content = Files.readAllBytes(file());
		Random random = new Random(7);
		for (int i = 0; i < 40; i++) {
			byte[] damaged = content.clone();
			switch (i % 4) {
				case 0 -> damaged = Arrays.copyOf(content, random.nextInt(content.length));
				case 1 -> Arrays.fill(damaged, 0, Math.min(damaged.length, 8192), (byte) random.nextInt());
				default -> {
					for (int n = 0; n < 20; n++) {
						damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
					}
				}
			}
			Files.write(file(), damaged);
			try (DiskTraces traces = new DiskTraces(file().getParent(), Duration.ofDays(30), MAX_BYTES, this.clock,
					Duration.ofMillis(5))) {
				traces.scan(TraceQuery.parse("number>5"), null, null, (id) -> false, 1000, 1000);
				traces.find(id(5));
				await().atMost(SOON).until(() -> {
					append(traces, span(9000, 1, NOW));
					return traces.flush(SOON) && traces.status().problem() == null && traces.find(id(9000)) != null;
				});
			}
		}
	}

	/**
	 * After an error within, MVStore has closed itself.
	 */
	@Test
	void failureWithinLosesNothing(CapturedOutput output) throws Exception {
		DiskTraces traces = open();
		write(traces, span(1, 1, NOW));
		append(traces, span(2, 1, NOW));
		await().atMost(SOON).until(() -> traces.find(id(2)) != null);
		store(traces).closeImmediately();
		write(traces, span(3, 1, NOW));
		assertThat(traces.status().problem()).isNull();
		assertThat(traces.status().lostSpans()).isZero();
		assertThat(scan(traces, "", null, null, 10, 10)).containsExactlyInAnyOrder(1, 2, 3);
		traces.close();
		assertThat(scan(open(), "", null, null, 10, 10)).containsExactlyInAnyOrder(1, 2, 3);
		assertThat(aside()).doesNotExist();
		assertThat(output).doesNotContain("cannot be");
	}

	/**
	 * A commit may fail when the file has all of it already.
	 */
	@Test
	void spansThatAreWrittenOnceMoreAreThereOnce() throws Exception {
		DiskTraces traces = open();
		write(traces, span(1, 1, NOW));
		append(traces, span(2, 1, NOW), span(2, 2, NOW));
		await().atMost(SOON).until(() -> traces.find(id(2)) != null);
		store(traces).commit();
		store(traces).closeImmediately();
		write(traces, span(3, 1, NOW));
		assertThat(traces.find(id(2)).spans()).hasSize(2);
	}

	@Test
	void lackOfMemoryIsNoDamage() {
		assertThat(TraceFile
			.isDamage(DataUtils.newMVStoreException(DataUtils.ERROR_INTERNAL, "{0}", new OutOfMemoryError("none"))))
			.isFalse();
		assertThat(TraceFile.isDamage(DataUtils.newMVStoreException(DataUtils.ERROR_INTERNAL, "chunk"))).isTrue();
	}

	@Test
	void lackOfMemoryEndsNothing() throws Exception {
		AtomicInteger failing = new AtomicInteger();
		Clock clock = clock(() -> {
			if (failing.getAndDecrement() > 0) {
				throw new OutOfMemoryError("a test");
			}
		});
		DiskTraces traces = new DiskTraces(this.directory.resolve("traces"), Duration.ofDays(30), MAX_BYTES, clock,
				Duration.ofMillis(50));
		this.opened.add(traces);
		write(traces, span(1, 1, NOW));
		failing.set(5);
		await().atMost(SOON).until(() -> {
			write(traces, span(2, 1, NOW));
			return traces.find(id(2)) != null;
		});
		assertThat(traces.find(id(1))).isNotNull();
		assertThat(traces.status().problem()).isNull();
		assertThat(aside()).doesNotExist();
	}

	@Test
	void failureThatComesAgainAtOnceIsSaid(CapturedOutput output) throws Exception {
		DiskTraces traces = open();
		write(traces, span(1, 1, NOW));
		store(traces).closeImmediately();
		write(traces, span(2, 1, NOW));
		store(traces).closeImmediately();
		append(traces, span(3, 1, NOW));
		await().atMost(SOON).until(() -> traces.status().problem() != null);
		assertThat(traces.status().lostSpans()).isEqualTo(1);
		assertThat(output).containsOnlyOnce("cannot be kept in");
		traces.close();
		assertThat(scan(open(), "", null, null, 10, 10)).containsExactlyInAnyOrder(1, 2);
	}

	@Test
	void whatIsForgottenWhileTheFileFailsStaysForgotten() throws Exception {
		DiskTraces traces = open(MAX_BYTES, Duration.ofMillis(20));
		write(traces, span(1, 1, NOW));
		traces.close();
		Path elsewhere = this.directory.resolve("elsewhere");
		Files.move(file().getParent(), elsewhere);
		Files.writeString(file().getParent(), "a file");
		DiskTraces later = open(MAX_BYTES, Duration.ofMillis(20));
		later.clear();
		assertThat(later.flush(SOON)).isTrue();
		Files.delete(file().getParent());
		Files.move(elsewhere, file().getParent());
		await().atMost(SOON).until(() -> later.status().problem() == null);
		write(later, span(2, 1, NOW));
		assertThat(scan(later, "", null, null, 10, 10)).containsExactly(2);
	}

	@Test
	void whoForgetsHisTracesLeavesThoseOfOthers() throws Exception {
		DiskTraces first = open();
		write(first, span(1, 1, NOW));
		DiskTraces second = open(MAX_BYTES, Duration.ofMillis(20));
		second.clear();
		assertThat(second.flush(SOON)).isTrue();
		first.close();
		await().atMost(SOON).until(() -> second.status().problem() == null);
		assertThat(second.find(id(1))).isNotNull();
	}

	@Test
	void whatWasSetAsideIsForgottenToo() throws Exception {
		Files.createDirectories(file().getParent());
		Files.write(file(), new byte[10_000]);
		DiskTraces traces = open();
		assertThat(aside()).exists();
		traces.clear();
		assertThat(traces.flush(SOON)).isTrue();
		assertThat(aside()).doesNotExist();
	}

	private static Object open(DiskTraces traces) {
		return ((HeldFile) ReflectionTestUtils.getField(traces, "file")).open();
	}

	private static MVStore store(DiskTraces traces) {
		Object file = open(traces);
		return (MVStore) ReflectionTestUtils.getField(file, "store");
	}

	@Test
	void directoryThatCannotBeHasTracesGivenUp(CapturedOutput output) throws Exception {
		Files.writeString(this.directory.resolve("traces"), "a file");
		DiskTraces traces = open(MAX_BYTES, Duration.ofMillis(20));
		append(traces, span(1, 1, NOW));
		assertThat(traces.flush(SOON)).isTrue();
		assertThat(traces.status().problem()).isNotNull();
		assertThat(traces.status().lostSpans()).isEqualTo(1);
		Files.delete(this.directory.resolve("traces"));
		await().atMost(SOON).until(() -> traces.status().problem() == null);
		write(traces, span(1, 1, NOW));
		assertThat(traces.find(id(1))).isNotNull();
		assertThat(output).containsOnlyOnce("cannot be kept in").containsOnlyOnce("again.");
	}

	@Test
	void readersAndTheWriterDoNotDisturbEachOther() throws Exception {
		DiskTraces traces = open(16 * 1024 * 1024, Duration.ofMillis(5));
		CountDownLatch end = new CountDownLatch(1);
		List<Throwable> failures = new ArrayList<>();
		Thread reader = new Thread(() -> {
			try {
				while (end.getCount() > 0) {
					DiskScan scan = traces.scan(TraceQuery.parse("number>=0"), null, null, (id) -> false, 50, 200);
					scan.traces().forEach((trace) -> assertThat(trace.spans()).isNotEmpty());
				}
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		});
		reader.start();
		for (int i = 0; i < 1500; i++) {
			this.clock.set(NOW.plus(Duration.ofHours(i)));
			append(traces, span(i, 1, this.clock.instant()), span(i, 2, this.clock.instant()));
			if (i % 50 == 0) {
				assertThat(traces.flush(SOON)).isTrue();
			}
		}
		assertThat(traces.flush(SOON)).isTrue();
		end.countDown();
		reader.join();
		assertThat(failures).isEmpty();
		assertThat(traces.status().problem()).isNull();
		assertThat(traces.status().lostSpans()).isZero();
		assertThat(traces.status().expiredTraces()).isGreaterThan(500);
	}

	@Test
	void spansAreReadAsTheyWereWritten() throws IOException {
		Attributes all = Attributes.builder()
			.put("text", "ü\uD83D\uDE00")
			.put("flag", true)
			.put("number", Long.MIN_VALUE)
			.put("fraction", 0.1)
			.put("texts", "a", "")
			.put("flags", true, false)
			.put("numbers", 1, 2)
			.put("fractions", 0.5, Double.NaN)
			.put(AttributeKey.valueKey("value"),
					Value.of(KeyValue.of("k", Value.of(Value.of(new byte[] { 1 }), Value.of("x"), Value.empty()))))
			.build();
		SpanRecord span = new SpanRecord(id(1), "00f067aa0ba902b7", "00f067aa0ba902b8", (byte) -1, "a=b,c=d",
				new SpanOrigin("s", "", null, all), "x".repeat(100_000), SpanKind.CONSUMER, 5, Long.MAX_VALUE,
				StatusCode.ERROR, "broken", all, Integer.MAX_VALUE, List.of(new SpanRecord.Event("", -1, all)), 7,
				List.of(new SpanRecord.Link(id(2), "00f067aa0ba902b9", all)), 9);
		byte[] bytes = RecordCode.encode(List.of(span, span(1, 1, NOW)));
		assertThat(RecordCode.decode(id(1), bytes)).containsExactly(span, span(1, 1, NOW));
		assertThat(bytes.length).isLessThan(3000);
	}

	@Test
	void bytesThatAreNoSpansAreRefused() throws IOException {
		byte[] bytes = RecordCode.encode(List.of(span(1, 1, NOW)));
		Random random = new Random(5);
		for (int i = 0; i < 5000; i++) {
			byte[] changed = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);
			for (int n = 0; n < 3 && changed.length > 0; n++) {
				changed[random.nextInt(changed.length)] = (byte) random.nextInt();
			}
			try {
				RecordCode.decode(id(1), changed).forEach((span) -> assertThat(span.name()).isNotNull());
			}
			catch (IOException ex) {
				assertThat(ex).isNotNull();
			}
		}
		Stream
			.of(new byte[0], new byte[] { 2, 0, 0, 0, 0 }, new byte[] { 1, -1, 0, 0, 0 },
					new byte[] { 1, 0, 0, 0, 9, 1 })
			.forEach((wrong) -> assertThatIOException().isThrownBy(() -> RecordCode.decode(id(1), wrong)));
	}

	/**
	 * Writes traces and waits to be killed.
	 */
	static final class Writer {

		static final int TRACES = 200;

		private Writer() {
		}

		public static void main(String[] args) throws Exception {
			DiskTraces traces = new DiskTraces(Path.of(args[0]), Duration.ofDays(30), MAX_BYTES,
					Clock.fixed(NOW, ZoneOffset.UTC));
			for (int i = 0; i < TRACES; i++) {
				append(traces, span(i, 1, NOW.minusSeconds(TRACES - i)), span(i, 2, NOW));
			}
			if (!traces.flush(SOON)) {
				throw new IllegalStateException("The traces are not written");
			}
			new PrintStream(new FileOutputStream(FileDescriptor.out), true).println("written");
			new CountDownLatch(1).await();
		}

	}

}
