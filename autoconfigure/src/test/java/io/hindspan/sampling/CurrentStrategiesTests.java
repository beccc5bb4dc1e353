package io.hindspan.sampling;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for strategies that are read again and again, from a real file and over a real
 * connection. The thread that reads is the test's.
 */
@ExtendWith(OutputCaptureExtension.class)
class CurrentStrategiesTests {

	private static final String WARNING = "The source of sampling strategies";

	private static final Duration LONG = Duration.ofSeconds(20);

	@TempDir
	private Path directory;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final CountDownLatch finished = new CountDownLatch(1);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private HttpServer server;

	private volatile Answer answer = (exchange) -> answer(exchange, 200, "{}");

	private int version;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", (exchange) -> {
			this.requests.add(exchange.getRequestURI().toString());
			this.answer.to(exchange);
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.finished.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	@Test
	void fileIsReadAgainWhenItChanges() throws IOException {
		CurrentStrategies strategies = ofFile();
		write(probabilistic(0.5));
		strategies.load();
		assertThat(probability(strategies)).isEqualTo(0.5);
		write(probabilistic(0.25));
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.25);
	}

	@Test
	void fileThatHasNotChangedIsNotReadAgain() throws IOException {
		write(probabilistic(0.5));
		StrategyFile file = new StrategyFile(new FileSystemResource(file()), "tasks");
		assertThat(file.read()).isNotNull();
		assertThat(file.read()).isNull();
	}

	@Test
	void fileOfTheSameTimeAndSizeIsReadAgain() throws IOException {
		CurrentStrategies strategies = ofFile();
		write(probabilistic(0.75));
		strategies.load();
		FileTime time = Files.getLastModifiedTime(file());
		write(probabilistic(0.25));
		Files.setLastModifiedTime(file(), time);
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.25);
	}

	@Test
	void fileBehindALinkThatIsReplacedIsReadAgain() throws IOException {
		CurrentStrategies strategies = ofFile();
		Path data = this.directory.resolve("..data");
		for (double probability : new double[] { 0.5, 0.25 }) {
			Path version = Files.createDirectory(this.directory.resolve("version" + probability));
			Files.writeString(version.resolve("strategies.json"), probabilistic(probability));
			Path link = Files.createSymbolicLink(this.directory.resolve("link"), version.getFileName());
			Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
			if (!Files.exists(file())) {
				Files.createSymbolicLink(file(), Path.of("..data", "strategies.json"));
				strategies.load();
			}
			strategies.refresh();
			assertThat(probability(strategies)).isEqualTo(probability);
		}
	}

	@Test
	void changeThatCannotBeReadIsReadTheNextTime(CapturedOutput output) throws IOException {
		AtomicBoolean broken = new AtomicBoolean();
		CurrentStrategies strategies = new CurrentStrategies(new StrategyFile(new FileSystemResource(file()) {

			@Override
			public InputStream getInputStream() throws IOException {
				if (broken.get()) {
					throw new FileNotFoundException("Too many open files");
				}
				return super.getInputStream();
			}

		}, "tasks"), System::nanoTime);
		write(probabilistic(0.5));
		strategies.load();
		write(probabilistic(0.25));
		broken.set(true);
		strategies.refresh();
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output).containsOnlyOnce(WARNING).contains("Too many open files");
		broken.set(false);
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.25);
		assertThat(output).containsOnlyOnce("can be read again");
	}

	@Test
	void brokenFileKeepsTheLastGoodOneAndSaysSoOnceForEachChange(CapturedOutput output) throws IOException {
		CurrentStrategies strategies = ofFile();
		write(probabilistic(0.5));
		strategies.load();
		write("{");
		strategies.refresh();
		strategies.refresh();
		assertThat(output).containsOnlyOnce(WARNING).contains(file().toString(), "is no JSON object", "last good");
		write(probabilistic(7));
		strategies.refresh();
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output.getOut().split(WARNING, -1)).hasSize(3);
		Files.delete(file());
		strategies.refresh();
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output.getOut().split(WARNING, -1)).hasSize(4);
		write(probabilistic(0.125));
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.125);
		assertThat(output).containsOnlyOnce("can be read again");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void fileThatCannotBeReadFirstIsAnError(boolean exists) throws IOException {
		if (exists) {
			write("x".repeat(1024 * 1024 + 1));
		}
		CurrentStrategies strategies = ofFile();
		assertThatIllegalArgumentException().isThrownBy(strategies::load)
			.withMessageContaining(exists ? "more than 1048576 bytes" : "is not there");
	}

	@Test
	void endpointIsAskedForTheService() {
		CurrentStrategies strategies = ofEndpoint("/sampling", "my tasks&more");
		assertThat(strategies.chance(Context.root(), "any", SpanKind.SERVER, Attributes.empty())).isNull();
		this.answer = (exchange) -> answer(exchange, 200, endpointAnswer(0.5));
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		this.answer = (exchange) -> answer(exchange, 200, endpointAnswer(0.25));
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.25);
		ofEndpoint("/sampling?token=1", "tasks").refresh();
		assertThat(this.requests).containsExactly("/sampling?service=my+tasks%26more",
				"/sampling?service=my+tasks%26more", "/sampling?token=1&service=tasks");
	}

	@Test
	void endpointThatFailsKeepsTheLastGoodOnesAndSaysSoOnce(CapturedOutput output) {
		CurrentStrategies strategies = ofEndpoint("/sampling", "tasks");
		this.answer = (exchange) -> answer(exchange, 503, endpointAnswer(1));
		strategies.refresh();
		strategies.refresh();
		assertThat(strategies.chance(Context.root(), "any", SpanKind.SERVER, Attributes.empty())).isNull();
		assertThat(output).containsOnlyOnce(WARNING)
			.contains("status 503", "the rate or probability that is set holds");
		this.answer = (exchange) -> answer(exchange, 200, endpointAnswer(0.5));
		strategies.refresh();
		assertThat(output).containsOnlyOnce("can be read again");
		this.answer = (exchange) -> answer(exchange, 200, "not found");
		strategies.refresh();
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output.getOut().split(WARNING, -1)).hasSize(3);
		this.server.stop(0);
		strategies.refresh();
		assertThat(probability(strategies)).isEqualTo(0.5);
		assertThat(output).contains("cannot be read (java.net.ConnectException");
	}

	@Test
	void warningQuotesNeitherSecretsNorLines(CapturedOutput output) {
		this.answer = (exchange) -> answer(exchange, 200, "{\"strategyType\":\"a\\nFAKE\"}");
		ofEndpoint("/sampling?token=secret", "tasks").refresh();
		assertThat(output).contains(uri("/sampling") + "]", "'a?FAKE'").doesNotContain("secret");
	}

	@Test
	void redirectIsNotFollowed(CapturedOutput output) {
		this.answer = (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/other");
			answer(exchange, 302, "");
		};
		ofEndpoint("/sampling", "tasks").refresh();
		assertThat(this.requests).hasSize(1);
		assertThat(output).contains("status 302");
	}

	@Test
	void endlessAnswerIsGivenUp(CapturedOutput output) {
		this.answer = (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			try (OutputStream body = exchange.getResponseBody()) {
				byte[] blank = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
				while (this.finished.getCount() > 0) {
					body.write(blank);
				}
			}
		};
		ofEndpoint("/sampling", "tasks").refresh();
		assertThat(output).contains("answers with more than 1048576 bytes");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void answerThatHangsIsGivenUp(boolean afterHeaders, CapturedOutput output) {
		this.answer = (exchange) -> {
			if (afterHeaders) {
				exchange.sendResponseHeaders(200, 0);
				exchange.getResponseBody().write('{');
				exchange.getResponseBody().flush();
			}
			await();
		};
		CurrentStrategies strategies = new CurrentStrategies(
				new StrategyEndpoint(uri("/sampling"), "tasks", Duration.ofMillis(200)), System::nanoTime);
		strategies.refresh();
		assertThat(output).containsOnlyOnce(WARNING);
		this.answer = (exchange) -> answer(exchange, 200, endpointAnswer(0.5));
		CurrentStrategies others = ofEndpoint("/sampling", "tasks");
		others.refresh();
		assertThat(probability(others)).isEqualTo(0.5);
	}

	@Test
	void pollingEndsQuietlyWithTheApplication(CapturedOutput output) throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		this.answer = (exchange) -> {
			asked.countDown();
			await();
		};
		CurrentStrategies strategies = ofEndpoint("/sampling", "tasks");
		strategies.poll(Duration.ZERO, Duration.ofSeconds(1));
		asked.await();
		List<Thread> polling = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("hindspan-sampling-strategies"))
			.toList();
		assertThat(polling).isNotEmpty().allMatch(Thread::isDaemon);
		strategies.close();
		for (Thread thread : polling) {
			thread.join(LONG.toMillis());
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(output).doesNotContain(WARNING);
	}

	private void await() {
		try {
			this.finished.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private CurrentStrategies ofFile() {
		return new CurrentStrategies(new StrategyFile(new FileSystemResource(file()), "tasks"), System::nanoTime);
	}

	private CurrentStrategies ofEndpoint(String path, String service) {
		return new CurrentStrategies(new StrategyEndpoint(uri(path), service, LONG), System::nanoTime);
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.server.getAddress().getPort() + path);
	}

	private Path file() {
		return this.directory.resolve("strategies.json");
	}

	/**
	 * Each time with another time of change, however fast the test is.
	 */
	private void write(String text) throws IOException {
		Files.writeString(file(), text);
		Files.setLastModifiedTime(file(), FileTime.fromMillis(1_700_000_000_000L + 1000L * ++this.version));
	}

	private static String probabilistic(double probability) {
		return "{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": " + probability + "}}";
	}

	private static String endpointAnswer(double probability) {
		return "{\"strategyType\":\"PROBABILISTIC\",\"probabilisticSampling\":{\"samplingRate\":" + probability + "}}";
	}

	private static void answer(HttpExchange exchange, int status, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(status, (bytes.length > 0) ? bytes.length : -1);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	private static double probability(CurrentStrategies strategies) {
		@Nullable Chance chance = strategies.chance(Context.root(), "any", SpanKind.SERVER, Attributes.empty());
		return (chance != null) ? chance.probability() : Double.NaN;
	}

	private interface Answer {

		void to(HttpExchange exchange) throws IOException;

	}

}
