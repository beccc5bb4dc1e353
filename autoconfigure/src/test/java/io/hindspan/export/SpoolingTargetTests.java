package io.hindspan.export;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

import io.hindspan.JavaCommand;
import io.hindspan.TracedApplication;
import io.hindspan.export.spool.Spool;
import io.hindspan.test.OtlpReceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for targets whose spans wait on disk.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SpoolingTargetTests {

	private static final IOException AWAY = new IOException("away");

	@TempDir
	private Path directory;

	private final List<String> received = Collections.synchronizedList(new ArrayList<>());

	private final List<Target> targets = new ArrayList<>();

	private final SdkTracerProvider provider = SdkTracerProvider.builder().build();

	private volatile boolean away = true;

	@AfterEach
	void stop() {
		this.targets.forEach(SpoolingTargetTests::close);
		this.provider.close();
	}

	private static void close(Target target) {
		target.beginClose();
		target.awaitClose();
	}

	private Target start(int maxQueueSize) {
		return start(maxQueueSize, (spans) -> {
			if (this.away) {
				return CompletableResultCode.ofExceptionalFailure(AWAY);
			}
			spans.forEach((span) -> this.received.add(span.getName()));
			return CompletableResultCode.ofSuccess();
		});
	}

	private Target start(int maxQueueSize, Function<Collection<SpanData>, CompletableResultCode> export) {
		Delivery delivery = new Delivery(maxQueueSize, Duration.ofSeconds(20), Duration.ofSeconds(2),
				Duration.ofMillis(1), Duration.ofMillis(4));
		Target target = new Target("own", new ScriptedExporter(export), delivery, Clock.systemUTC(),
				(listener) -> new Spool(this.directory, 10_000_000, Duration.ofHours(1), listener, Clock.systemUTC()));
		this.targets.add(target);
		target.resume();
		return target;
	}

	@Test
	void batchesThatComeWhileTheQueueGoesToDiskDoNotOvertakeIt() {
		CountDownLatch queued = new CountDownLatch(1);
		Target target = start(1000, (spans) -> {
			if (this.away) {
				await().until(() -> queued.getCount() == 0);
				return CompletableResultCode.ofExceptionalFailure(AWAY);
			}
			spans.forEach((span) -> this.received.add(span.getName()));
			return CompletableResultCode.ofSuccess();
		});
		List<String> offered = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			offered.add("span-" + i);
			target.offer(List.of(span("span-" + i)));
			if (i == 50) {
				queued.countDown();
				await().pollInterval(Duration.ofMillis(1)).until(() -> target.spool().spans() > 5);
			}
		}
		await().until(() -> target.spool().spans() == 200);
		this.away = false;
		await().until(() -> this.received.size() == 200);
		assertThat(this.received).isEqualTo(offered);
	}

	@Test
	void batchesWaitOnDiskAndComeInTheirOrder() {
		Target target = start(100);
		for (int i = 0; i < 20; i++) {
			target.offer(List.of(span("span-" + i)));
		}
		await().until(() -> target.spool().spans() == 20 && target.size() <= 1);
		assertThat(target.flush().isDone()).as("nothing is in memory only").isTrue();
		assertThat(target.statistics().spooled()).isEqualTo(20);
		this.away = false;
		await().until(() -> this.received.size() == 20);
		for (int i = 0; i < 20; i++) {
			assertThat(this.received.get(i)).isEqualTo("span-" + i);
		}
		await().until(() -> target.spool().isEmpty());
		target.offer(List.of(span("next")));
		await().until(() -> this.received.contains("next"));
		assertThat(target.statistics().exported()).isEqualTo(21);
		assertThat(target.statistics().spooled()).isEqualTo(20);
		assertThat(target.statistics().dropped()).isZero();
	}

	@Test
	void nextProcessSendsWhatIsLeft() {
		Target target = start(100);
		target.offer(List.of(span("first")));
		target.offer(List.of(span("second")));
		await().until(() -> target.spool().spans() == 2);
		close(target);
		assertThat(target.statistics().dropped()).isZero();
		this.away = false;
		start(100);
		await().untilAsserted(() -> assertThat(this.received).containsExactly("first", "second"));
	}

	@Test
	void whatIsNotSentAtTheEndWaitsOnDisk() {
		CompletableResultCode never = new CompletableResultCode();
		Target target = start(100, (spans) -> never);
		target.offer(List.of(span("first")));
		target.offer(List.of(span("second")));
		await().until(() -> target.inFlight() == 1);
		close(target);
		assertThat(target.statistics().dropped()).isZero();
		this.away = false;
		start(100);
		await().untilAsserted(() -> assertThat(this.received).containsExactlyInAnyOrder("first", "second"));
	}

	@Test
	void interruptedEndStoresWhatWaits() {
		CompletableResultCode never = new CompletableResultCode();
		Target target = start(100, (spans) -> never);
		target.offer(List.of(span("first")));
		target.offer(List.of(span("second")));
		await().until(() -> target.inFlight() == 1);
		Thread.currentThread().interrupt();
		close(target);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(target.statistics().dropped()).isZero();
		assertThat(target.statistics().spooled()).isEqualTo(2);
	}

	@Test
	void eachTargetHasADirectoryOfItsOwn() {
		SpoolProperties properties = new SpoolProperties(true, this.directory.toString(), DataSize.ofMegabytes(1),
				Duration.ofHours(1));
		Set<String> spools = new HashSet<>();
		List<String> names = List.of("otlp", "a b", "a_b", "a/b", "a*b", ".", "..", "../a");
		for (String name : names) {
			try (Spool spool = properties.forTarget(name, Clock.systemUTC()).apply((loss, spans) -> {
			})) {
				spools.add(spool.toString());
			}
		}
		assertThat(spools).hasSameSizeAs(names).contains("Spool{" + this.directory.resolve("otlp") + "}");
		assertThat(this.directory.toFile().list()).hasSameSizeAs(names);
	}

	@Test
	void whatTheQueueHasNoRoomForWaitsOnDisk() {
		CompletableResultCode answer = new CompletableResultCode();
		Target target = start(3, (spans) -> {
			spans.forEach((span) -> this.received.add(span.getName()));
			return answer;
		});
		for (int i = 0; i < 10; i++) {
			target.offer(List.of(span("span-" + i)));
		}
		assertThat(target.spool().spans()).isGreaterThanOrEqualTo(6);
		answer.succeed();
		await().until(() -> target.statistics().exported() == 10);
		assertThat(this.received).hasSize(10).doesNotHaveDuplicates();
		assertThat(target.statistics().dropped()).isZero();
	}

	@Test
	void refusedBatchIsCountedAndHoldsUpNobody() {
		Target target = start(100, (spans) -> {
			if (this.away) {
				return CompletableResultCode.ofExceptionalFailure(AWAY);
			}
			String name = spans.iterator().next().getName();
			if (name.equals("refused")) {
				return CompletableResultCode.ofExceptionalFailure(SendFailure.lasting("refuses"));
			}
			this.received.add(name);
			return CompletableResultCode.ofSuccess();
		});
		target.offer(List.of(span("refused")));
		target.offer(List.of(span("taken")));
		await().until(() -> target.spool().spans() == 2);
		this.away = false;
		await().untilAsserted(() -> assertThat(this.received).containsExactly("taken"));
		await().until(() -> target.spool().isEmpty());
		assertThat(target.statistics().dropped(DropReason.REJECTED)).isOne();
		assertThat(target.statistics().dropped()).isOne();
	}

	@Test
	void applicationThatIsKilledLosesNothingThatWasStored() throws Exception {
		Process process = new ProcessBuilder(JavaCommand.of(KilledProcess.class, this.directory.toString()))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		List<String> stored = new ArrayList<>();
		try (BufferedReader out = process.inputReader()) {
			String line;
			while (stored.size() < 50 && (line = out.readLine()) != null) {
				if (line.startsWith(KilledProcess.STORED)) {
					stored.add(line.substring(KilledProcess.STORED.length()));
				}
			}
		}
		finally {
			process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
		assertThat(stored).hasSize(50);
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class, "--hindspan.export.spool.directory=" + this.directory)) {
			stored.forEach((traceId) -> receiver.awaitTrace(traceId, 1));
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			await().until(() -> meters.get("hindspan.export.spool.spans").gauge().value() == 0);
			assertThat(meters.get("hindspan.export.spool.size").gauge().value()).isZero();
			assertThat(meters.get("hindspan.export.spans.spooled").functionCounter().count()).isZero();
		}
	}

	@Test
	void applicationThatIsToldToEndWhileTheBackendHangsEndsInTimeAndLosesNothing() throws Exception {
		Process process = new ProcessBuilder(JavaCommand.of(HungProcess.class, this.directory.toString()))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		try (BufferedReader out = process.inputReader()) {
			String line;
			do {
				line = out.readLine();
			}
			while (line != null && !line.equals(HungProcess.SENDING));
			assertThat(line).isNotNull();
			process.toHandle().destroy();
			// The rest of its log, which it must be able to write
			out.lines().forEach((rest) -> {
			});
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		try (Spool left = new Spool(this.directory.resolve("otlp"), 10_000_000, Duration.ofHours(1), (loss, spans) -> {
		}, Clock.systemUTC())) {
			assertThat(left.spans()).isEqualTo(HungProcess.SPANS);
		}
	}

	@ParameterizedTest
	@CsvSource({ "max-size, 1KB, 1MB or more", "max-age, 0s, a positive duration",
			"directory, pom.xml, It is a file. Set it to a directory" })
	void wrongPropertyFailsTheStart(String property, String value, String remedy, CapturedOutput output) {
		try (OtlpReceiver receiver = OtlpReceiver.start()) {
			assertThatException()
				.isThrownBy(() -> TracedApplication.start(receiver, WebApplicationType.NONE, Application.class,
						property.equals("directory") ? "--x=y" : "--hindspan.export.spool.directory=" + this.directory,
						"--hindspan.export.spool." + property + "=" + value));
		}
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("hindspan.export.spool." + property)
			.contains(remedy);
	}

	private SpanData span(String name) {
		Span span = this.provider.get("test").spanBuilder(name).startSpan();
		span.end();
		return ((ReadableSpan) span).toSpanData();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

	}

	/**
	 * Makes traces for a backend that is away, and tells which are on disk, until it is
	 * killed.
	 */
	static final class KilledProcess {

		static final String STORED = "stored: ";

		private KilledProcess() {
		}

		public static void main(String[] args) {
			OtlpReceiver receiver = OtlpReceiver.start();
			ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
					Application.class, "--hindspan.export.spool.directory=" + args[0],
					"--management.opentelemetry.tracing.export.otlp.endpoint=http://127.0.0.1:1/v1/traces");
			receiver.close();
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			SdkTracerProvider provider = context.getBean(SdkTracerProvider.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
			for (int made = 1;; made++) {
				String traceId = Observation.createNotStarted("task", registry)
					.observe(() -> Span.current().getSpanContext().getTraceId());
				// Asked again at once, the batch processor may tell of the flush before
				while (meters.get("hindspan.export.spans.spooled").functionCounter().count() < made) {
					provider.forceFlush().join(10, TimeUnit.SECONDS);
				}
				out.println(STORED + traceId);
			}
		}

	}

	/**
	 * Makes spans for a backend that takes requests and never answers, until it is told
	 * to end.
	 */
	static final class HungProcess {

		static final String SENDING = "sending";

		static final int SPANS = 1000;

		private HungProcess() {
		}

		public static void main(String[] args) throws Exception {
			try (ServerSocket backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
				OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
						Application.class, "--hindspan.export.spool.directory=" + args[0],
						"--management.opentelemetry.tracing.export.otlp.endpoint=http://127.0.0.1:"
								+ backend.getLocalPort() + "/v1/traces");
				receiver.close();
				Runtime.getRuntime().addShutdownHook(new Thread(context::close));
				ObservationRegistry registry = context.getBean(ObservationRegistry.class);
				for (int i = 0; i < SPANS; i++) {
					Observation.createNotStarted("task", registry).observe(() -> {
					});
				}
				backend.accept().getInputStream().read();
				new PrintStream(new FileOutputStream(FileDescriptor.out), true).println(SENDING);
				new CountDownLatch(1).await();
			}
		}

	}

}
