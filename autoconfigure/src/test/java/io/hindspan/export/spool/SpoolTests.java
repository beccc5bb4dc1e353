package io.hindspan.export.spool;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.hindspan.JavaCommand;
import io.hindspan.SettableClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for batches on disk.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpoolTests {

	private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

	private static final long MAX_BYTES = 100_000;

	@TempDir
	private Path directory;

	private final Map<SpoolLoss, Long> losses = new EnumMap<>(SpoolLoss.class);

	private final SdkTracerProvider provider = SdkTracerProvider.builder()
		.setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "tasks"), "https://schema"))
		.build();

	private final List<Spool> opened = new ArrayList<>();

	private final SettableClock clock = new SettableClock(START);

	@AfterEach
	void close() {
		this.opened.forEach(Spool::close);
		this.provider.close();
	}

	private Spool open() {
		return open(MAX_BYTES);
	}

	private Spool open(long maxBytes) {
		Spool spool = new Spool(this.directory.resolve("spool"), maxBytes, Duration.ofHours(1),
				(loss, spans) -> this.losses.merge(loss, spans, Long::sum), this.clock);
		this.opened.add(spool);
		return spool;
	}

	@Test
	void batchesComeInTheOrderOfTheirAge() throws Exception {
		Spool spool = open();
		for (String name : List.of("first", "second", "third")) {
			assertThat(spool.store(List.of(span(name)))).isTrue();
		}
		assertThat(spool.spans()).isEqualTo(3);
		for (String name : List.of("first", "second", "third")) {
			StoredBatch batch = spool.oldest();
			assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly(name);
			spool.remove(batch);
		}
		assertThat(spool.oldest()).isNull();
		assertThat(spool.isEmpty()).isTrue();
		assertThat(spool.bytes()).isZero();
		assertThat(this.losses).isEmpty();
	}

	@Test
	void spanIsWhatItWas() throws Exception {
		SpanData span = wideSpan();
		Spool spool = open();
		spool.store(List.of(span, span("other")));
		List<SpanData> batch = spool.oldest().spans();
		assertThat(batch.get(1).getResource()).isSameAs(batch.get(0).getResource());
		SpanData read = batch.get(0);
		assertThat(read.getSpanContext()).isEqualTo(span.getSpanContext());
		assertThat(read.getParentSpanContext()).isEqualTo(span.getParentSpanContext());
		assertThat(read.getName()).isEqualTo(span.getName());
		assertThat(read.getKind()).isEqualTo(span.getKind());
		assertThat(read.getStatus()).isEqualTo(span.getStatus());
		assertThat(read.getStartEpochNanos()).isEqualTo(span.getStartEpochNanos());
		assertThat(read.getEndEpochNanos()).isEqualTo(span.getEndEpochNanos());
		assertThat(read.getAttributes().asMap()).containsExactlyInAnyOrderEntriesOf(span.getAttributes().asMap());
		assertThat(read.getTotalAttributeCount()).isEqualTo(span.getTotalAttributeCount());
		assertThat(facts(read.getEvents())).isEqualTo(facts(span.getEvents()));
		assertThat(read.getTotalRecordedEvents()).isEqualTo(span.getTotalRecordedEvents());
		assertThat(read.getLinks()).isEqualTo(span.getLinks());
		assertThat(read.getTotalRecordedLinks()).isEqualTo(span.getTotalRecordedLinks());
		assertThat(read.getInstrumentationScopeInfo()).isEqualTo(span.getInstrumentationScopeInfo());
		assertThat(read.getResource()).isEqualTo(span.getResource());
	}

	private static List<List<Object>> facts(List<EventData> events) {
		return events.stream()
			.map((event) -> List.<Object>of(event.getName(), event.getEpochNanos(),
					Map.copyOf(event.getAttributes().asMap()), event.getTotalAttributeCount()))
			.toList();
	}

	private SpanData wideSpan() {
		SpanContext remote = SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
				TraceFlags.getSampled(), TraceState.builder().put("second", "2").put("first", "1").build());
		Span span = this.provider.tracerBuilder("scope")
			.setInstrumentationVersion("1.2")
			.setSchemaUrl("https://scope")
			.build()
			.spanBuilder("POST /tasks \uD83D\uDE00")
			.setParent(Context.root().with(Span.wrap(remote)))
			.setSpanKind(SpanKind.SERVER)
			.addLink(remote, Attributes.of(AttributeKey.stringKey("why"), "retry"))
			.setAttribute("text", "x".repeat(70_000))
			.setAttribute("long", Long.MIN_VALUE)
			.setAttribute("double", Double.NaN)
			.setAttribute("boolean", true)
			.setAttribute(AttributeKey.stringArrayKey("texts"), List.of("a", ""))
			.setAttribute(AttributeKey.longArrayKey("longs"), List.of(1L, -1L))
			.setAttribute(AttributeKey.doubleArrayKey("doubles"), List.of(0.5))
			.setAttribute(AttributeKey.booleanArrayKey("booleans"), List.of(true, false))
			.setAttribute(AttributeKey.valueKey("value"),
					Value.of(KeyValue.of("list", Value.of(Value.of(1), Value.of(new byte[] { 1, 2 }), Value.empty())),
							KeyValue.of("text", Value.of("t"))))
			.startSpan();
		span.addEvent("event", Attributes.of(AttributeKey.longKey("n"), 1L));
		span.recordException(new IllegalStateException("broken"));
		span.setStatus(StatusCode.ERROR, "broken");
		span.end();
		return ((ReadableSpan) span).toSpanData();
	}

	@Test
	void nextProcessFindsWhatWasLeft() throws Exception {
		Spool spool = open();
		spool.store(List.of(span("first"), span("second")));
		Path slot = this.directory.resolve("spool/0");
		Files.write(slot.resolve("half.spans.tmp"), new byte[10]);
		Files.write(slot.resolve("notes.txt"), new byte[10]);
		spool.close();
		assertThat(spool.store(List.of(span("late")))).isFalse();
		Spool next = open();
		assertThat(next.spans()).isEqualTo(2);
		assertThat(next.oldest().spans()).extracting(SpanData::getName).containsExactly("first", "second");
		assertThat(slot.resolve("half.spans.tmp")).doesNotExist();
		assertThat(slot.resolve("notes.txt")).exists();
	}

	@Test
	void applicationsOfOneProcessShareNothing() throws Exception {
		Spool one = open();
		Spool other = open();
		one.store(List.of(span("one")));
		assertThat(other.oldest()).isNull();
		other.store(List.of(span("other")));
		one.close();
		Spool third = open();
		assertThat(third.oldest().spans()).extracting(SpanData::getName).containsExactly("one");
		third.close();
		other.close();
		assertThat(open().spans()).as("what both have left").isEqualTo(2);
	}

	@Test
	void otherProcessHasASlotOfItsOwn() throws Exception {
		Process process = new ProcessBuilder(
				JavaCommand.of(HoldingProcess.class, this.directory.resolve("spool").toString()))
			.start();
		try {
			assertThat(process.inputReader().readLine()).as("what it stored").isEqualTo("true");
			Spool spool = open();
			assertThat(spool.oldest()).as("it is alive").isNull();
			process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
			spool.close();
			assertThat(open().oldest().spans()).extracting(SpanData::getName).containsExactly("theirs");
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * A limit on the size of files fails as a full disk does: in the middle of writing.
	 */
	@Test
	void diskThatIsFullIsCountedAndLeavesNothingHalf() throws Exception {
		Path spool = this.directory.resolve("spool");
		List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -f 64; exec \"$0\" \"$@\""));
		command.addAll(JavaCommand.of(FullDiskProcess.class, spool.toString()));
		Process process = new ProcessBuilder(command).start();
		try (BufferedReader out = process.inputReader()) {
			List<String> told = out.lines().filter((line) -> line.startsWith(FullDiskProcess.STORED)).toList();
			assertThat(told).containsExactly(FullDiskProcess.STORED + "false 1 UNWRITABLE",
					FullDiskProcess.STORED + "true 1 UNWRITABLE");
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		try (Stream<Path> files = Files.list(spool.resolve("0"))) {
			assertThat(files.map((file) -> file.getFileName().toString()).filter((name) -> !name.equals("lock")))
				.singleElement()
				.asString()
				.endsWith(".spans");
		}
		assertThat(open().oldest().spans()).extracting(SpanData::getName).containsExactly("small");
	}

	@Test
	void oldestBatchesMakeRoom() throws Exception {
		Spool spool = open(10_000);
		int stored = 0;
		while (this.losses.isEmpty()) {
			assertThat(spool.store(List.of(incompressible("span-" + stored++, 2000)))).isTrue();
		}
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.FULL, 1L));
		assertThat(spool.bytes()).isBetween(7_000L, 10_000L);
		assertThat(spool.oldest().spans().get(0).getName()).isEqualTo("span-1");
		// The one that is being sent stays
		spool.store(List.of(incompressible("next", 2000)));
		StoredBatch sending = spool.oldest();
		assertThat(sending.file()).exists();
	}

	@Test
	void batchThatIsLargerThanTheSpoolTakesNobodysRoom() throws Exception {
		Spool spool = open(10_000);
		spool.store(List.of(span("small")));
		assertThat(spool.store(List.of(incompressible("large", 20_000)))).isFalse();
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.UNWRITABLE, 1L));
		assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly("small");
	}

	@ParameterizedTest
	@ValueSource(ints = { 64, 65, 100_000 })
	void whatIsStoredCanBeRead(int depth) throws Exception {
		Value<?> value = Value.of("within");
		for (int i = 0; i < depth; i++) {
			value = Value.of(List.of(value));
		}
		Span span = this.provider.get("test").spanBuilder("deep").startSpan();
		span.setAttribute(AttributeKey.valueKey("value"), value);
		span.end();
		Spool spool = open();
		assertThat(spool.store(List.of(((ReadableSpan) span).toSpanData()))).isEqualTo(depth <= 64);
		assertThat(spool.oldest() != null).isEqualTo(depth <= 64);
	}

	@Test
	void oldBatchesExpire() throws Exception {
		Spool spool = open();
		spool.store(List.of(span("old")));
		this.clock.advance(Duration.ofMinutes(40));
		spool.store(List.of(span("new")));
		this.clock.advance(Duration.ofMinutes(40));
		assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly("new");
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.EXPIRED, 1L));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 4, 8, 12, 16, 40, 100 })
	void damagedFileIsSetAside(int position, CapturedOutput output) throws Exception {
		Spool spool = open();
		spool.store(List.of(span("damaged")));
		spool.store(List.of(span("whole")));
		Path file = spool.oldest().file();
		byte[] content = Files.readAllBytes(file);
		content[position] ^= 0x40;
		Files.write(file, content);
		assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly("whole");
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.UNREADABLE, 1L));
		assertThat(file.resolveSibling("aside").resolve(file.getFileName())).exists();
		assertThat(output).containsOnlyOnce("cannot be read");
	}

	@Test
	void contentOfAnyKindIsNoHarm() throws Exception {
		byte[] whole = BatchFile.of(List.of(wideSpan()));
		Random random = new Random(1);
		int unreadable = 0;
		for (int i = 0; i < 2_000; i++) {
			byte[] content = whole.clone();
			int damages = 1 + random.nextInt(4);
			for (int damage = 0; damage < damages; damage++) {
				content[random.nextInt(content.length)] = (byte) random.nextInt();
			}
			if (random.nextBoolean()) {
				content = Arrays.copyOf(content, random.nextInt(content.length));
			}
			if (content.length > 12 && random.nextBoolean()) {
				// Whoever made it knows the checksum
				CRC32C checksum = new CRC32C();
				checksum.update(content, 12, content.length - 12);
				ByteBuffer.wrap(content).putInt(8, (int) checksum.getValue());
			}
			try {
				BatchFile.spans(content);
			}
			catch (IOException ex) {
				unreadable++;
			}
		}
		assertThat(unreadable).isGreaterThan(1_000);
	}

	@Test
	void filesAreTheirOwnersOnly() throws Exception {
		Spool spool = open();
		spool.store(List.of(span("secret")));
		try (Stream<Path> all = Files.walk(this.directory.resolve("spool"))) {
			assertThat(all).allSatisfy((path) -> assertThat(Files.getPosixFilePermissions(path))
				.isEqualTo(PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwx------" : "rw-------")));
		}
	}

	@Test
	void directoryThatIsNoneIsSaidOnceAndTriedAgain(CapturedOutput output) throws Exception {
		Path file = Files.write(this.directory.resolve("spool"), new byte[1]);
		Spool spool = open();
		for (int i = 0; i < 3; i++) {
			assertThat(spool.store(List.of(span("lost")))).isFalse();
		}
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.UNWRITABLE, 3L));
		assertThat(output).containsOnlyOnce("cannot be used");
		Files.delete(file);
		this.clock.advance(Duration.ofMinutes(2));
		assertThat(spool.store(List.of(span("kept")))).isTrue();
		assertThat(output).containsOnlyOnce("can be used again");
	}

	@Test
	void directoryThatIsRemovedIsMadeAgain() throws Exception {
		Spool spool = open();
		spool.store(List.of(span("first")));
		delete(this.directory.resolve("spool"));
		assertThat(spool.store(List.of(span("second")))).isTrue();
		assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly("second");
		assertThat(spool.spans()).isEqualTo(1);
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.UNREADABLE, 1L));
	}

	@Test
	void diskThatIsGoneForAWhileCostsNothing(CapturedOutput output) throws Exception {
		Spool spool = open();
		spool.store(List.of(span("first")));
		spool.store(List.of(span("second")));
		Path path = this.directory.resolve("spool");
		Path gone = Files.move(path, this.directory.resolve("gone"));
		Files.write(path, new byte[1]);
		for (int i = 0; i < 3; i++) {
			assertThatIOException().isThrownBy(spool::oldest);
		}
		assertThat(spool.store(List.of(span("third")))).isFalse();
		Files.delete(path);
		Files.move(gone, path);
		this.clock.advance(Duration.ofMinutes(2));
		assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly("first");
		assertThat(spool.spans()).isEqualTo(2);
		assertThat(this.losses).containsOnly(Map.entry(SpoolLoss.UNWRITABLE, 1L));
		assertThat(output).containsOnlyOnce("cannot be used").containsOnlyOnce("can be used again");
	}

	@Test
	void filesThatCannotBeReadForAWhileStay() throws Exception {
		Spool spool = open();
		List<Path> files = new ArrayList<>();
		for (String name : List.of("first", "second", "third")) {
			spool.store(List.of(span(name)));
		}
		try (Stream<Path> all = Files.list(this.directory.resolve("spool/0"))) {
			all.filter((path) -> path.toString().endsWith(".spans")).sorted().forEach(files::add);
		}
		for (Path file : files) {
			Files.move(file, file.resolveSibling(file.getFileName() + ".away"));
			Files.createDirectory(file);
		}
		assertThatIOException().isThrownBy(spool::oldest);
		assertThat(spool.spans()).isEqualTo(3);
		for (Path file : files.subList(1, 3)) {
			Files.delete(file);
			Files.move(file.resolveSibling(file.getFileName() + ".away"), file);
		}
		assertThat(spool.oldest().spans()).extracting(SpanData::getName).containsExactly("second");
		assertThat(this.losses).as("the only one").containsOnly(Map.entry(SpoolLoss.UNREADABLE, 1L));
	}

	@Test
	void interruptedThreadReadsAndWrites() throws Exception {
		Spool spool = open();
		for (int i = 0; i < 20; i++) {
			spool.store(List.of(span("stored")));
		}
		Thread.currentThread().interrupt();
		StoredBatch oldest = spool.oldest();
		boolean stored = spool.store(List.of(span("last")));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(oldest).isNotNull();
		assertThat(stored).isTrue();
		assertThat(spool.spans()).isEqualTo(21);
		assertThat(this.losses).isEmpty();
	}

	@Test
	void slotThatCannotBeUsedKeepsNobodyFromTheOthers() throws Exception {
		Spool spool = open();
		spool.store(List.of(span("first")));
		spool.close();
		Files.createDirectories(this.directory.resolve("spool/1/lock"));
		spool = open();
		assertThat(spool.spans()).isEqualTo(1);
		spool.close();
		Files.delete(this.directory.resolve("spool/0/lock"));
		Files.createDirectory(this.directory.resolve("spool/0/lock"));
		assertThat(open().store(List.of(span("second")))).isTrue();
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> all = Files.walk(directory)) {
			for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(path);
			}
		}
	}

	private SpanData span(String name) {
		return incompressible(name, 0);
	}

	private SpanData incompressible(String name, int length) {
		Tracer tracer = this.provider.get("test");
		Random random = new Random(1);
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < length; i++) {
			text.append((char) ('0' + random.nextInt(64)));
		}
		Span span = tracer.spanBuilder(name).setAttribute("text", text.toString()).startSpan();
		span.end();
		return ((ReadableSpan) span).toSpanData();
	}

	/**
	 * Has a spool, with a batch, until it is killed.
	 */
	static final class HoldingProcess {

		private HoldingProcess() {
		}

		public static void main(String[] args) throws Exception {
			Spool spool = new Spool(Path.of(args[0]), MAX_BYTES, Duration.ofHours(1), (loss, spans) -> {
			}, Clock.fixed(START, ZoneOffset.UTC));
			try (SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
				Span span = provider.get("test").spanBuilder("theirs").startSpan();
				span.end();
				boolean stored = spool.store(List.of(((ReadableSpan) span).toSpanData()));
				new PrintStream(new FileOutputStream(FileDescriptor.out), true).println(stored);
			}
			System.in.read();
		}

	}

	/**
	 * Stores a batch that the disk has no room for, and one that it has.
	 */
	static final class FullDiskProcess {

		static final String STORED = "stored: ";

		private FullDiskProcess() {
		}

		public static void main(String[] args) {
			List<String> losses = new ArrayList<>();
			byte[] random = new byte[500_000];
			new Random(1).nextBytes(random);
			try (Spool spool = new Spool(Path.of(args[0]), 10 * random.length, Duration.ofHours(1),
					(loss, spans) -> losses.add(spans + " " + loss), Clock.systemUTC());
					SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
				PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
				for (String name : List.of("large", "small")) {
					Span span = provider.get("test").spanBuilder(name).startSpan();
					if (name.equals("large")) {
						span.setAttribute(AttributeKey.valueKey("bytes"), Value.of(random));
					}
					span.end();
					boolean stored = spool.store(List.of(((ReadableSpan) span).toSpanData()));
					out.println(STORED + stored + " " + String.join(", ", losses));
				}
			}
		}

	}

}
