package io.hindspan.benchmarks.sampling;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.sampling.tail.TailWatch;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.server.AmqpServer;
import io.hindspan.test.server.KafkaServer;

/**
 * Runs the four services and sends them requests.
 */
final class Simulation implements AutoCloseable {

	/** From which duration on a part is slow. Healthy ones are far below. */
	static final Duration SLOW = Duration.ofMillis(200);

	/** Few enough to hold all that happened in memory. */
	private static final int ROUND = 5000;

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int SERVER_ERROR = 500;

	private final Journal journal = new Journal();

	private final Network network = new Network();

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final Map<Service, ConfigurableApplicationContext> contexts = new EnumMap<>(Service.class);

	private final Map<Service, TailWatch> watches = new EnumMap<>(Service.class);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final int concurrency;

	private Simulation(int concurrency) {
		this.concurrency = concurrency;
	}

	/**
	 * Starts the services.
	 * @param concurrency how many requests are sent at a time
	 * @param properties properties of all services
	 */
	static Simulation start(int concurrency, String... properties) {
		Simulation simulation = new Simulation(concurrency);
		try {
			// The ones that are called first
			for (Service service : List.of(Service.D, Service.C, Service.B, Service.A)) {
				simulation.start(service, properties);
			}
			return simulation;
		}
		catch (RuntimeException ex) {
			simulation.close();
			throw ex;
		}
	}

	private void start(Service service, String... properties) {
		SpringApplication application = new SpringApplication(ServiceApplication.class);
		boolean reactive = service.type() == WebApplicationType.REACTIVE;
		application.addPrimarySources(List.of(reactive ? ReactiveService.class : BlockingService.class));
		if (service == Service.B) {
			application.addPrimarySources(List.of(KafkaConsumer.class));
		}
		if (service == Service.C || service == Service.D) {
			application.addPrimarySources(List.of(RabbitConsumer.class));
		}
		application.setWebApplicationType(service.type());
		application.setRegisterShutdownHook(false);
		application.addInitializers((context) -> {
			context.getBeanFactory().registerSingleton("service", service);
			context.getBeanFactory().registerSingleton("journal", this.journal);
			context.getBeanFactory().registerSingleton("network", this.network);
		});
		List<String> arguments = arguments(service);
		arguments.addAll(Arrays.asList(properties));
		ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new));
		this.contexts.put(service, context);
		this.network.add(service, context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
		TailWatch watch = TailWatch.of(context);
		this.watches.put(service, watch);
		this.journal.watch(service, watch::bytes);
	}

	private List<String> arguments(Service service) {
		AmqpServer amqp = AmqpServer.shared();
		return new ArrayList<>(List.of("--server.port=0", "--spring.main.banner-mode=off",
				"--spring.application.name=" + service.id(), "--hindspan.environment=production",
				"--simulation.destination=" + this.network.destination(service),
				"--spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + this.receiver.endpoint(),
				"--management.opentelemetry.tracing.export.max-queue-size=65536",
				"--management.tracing.sampling.probability=0.01",
				"--hindspan.sampling.tail.slow-threshold=" + SLOW.toMillis() + "ms",
				"--spring.kafka.bootstrap-servers=" + KafkaServer.shared().bootstrapServers(),
				"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.rabbitmq.host=" + amqp.host(),
				"--spring.rabbitmq.port=" + amqp.port(), "--spring.rabbitmq.username=" + amqp.username(),
				"--spring.rabbitmq.password=" + amqp.password(),
				"--spring.rabbitmq.listener.simple.acknowledge-mode=none",
				// The errors that are asked for are no news
				"--logging.level.root=warn", "--logging.level.org.apache.catalina.core=off",
				"--logging.level.org.springframework.web=off", "--logging.level.org.springframework.boot.webflux=off",
				"--logging.level.org.springframework.kafka=off", "--logging.level.org.springframework.amqp=off",
				"--logging.level.org.apache.kafka=error"));
	}

	/**
	 * Sends requests, waits until all that follows from them has ended, and compares.
	 */
	Report run(List<Order> orders) {
		Report report = new Report();
		for (int i = 0; i < orders.size(); i += ROUND) {
			round(orders.subList(i, Math.min(i + ROUND, orders.size())), report);
		}
		return report;
	}

	private void round(List<Order> orders, Report report) {
		Map<Order, Plan> plans = new LinkedHashMap<>();
		orders.forEach((order) -> plans.put(order, Plan.of(order)));
		long givenUp = sum(TailWatch::spansGivenUp);
		long late = sum(TailWatch::lateSpans);
		Map<Order, TraceHeader> answers = send(plans, report);
		int spans = plans.values().stream().mapToInt(Plan::spans).sum();
		if (!this.journal.awaitSpans(spans, TIMEOUT)) {
			report.differs("Fewer than " + spans + " spans were recorded");
		}
		if (this.journal.awaitSpans(1, Duration.ZERO)) {
			report.differs("More than " + spans + " spans were recorded");
		}
		if (sum(TailWatch::spans) > 0 || sum(TailWatch::bytes) > 0) {
			report.differs("Though all have ended, there wait spans: " + sum(TailWatch::spans));
		}
		if (sum(TailWatch::lateSpans) > late) {
			report.differs("Spans came too late: " + (sum(TailWatch::lateSpans) - late));
		}
		Map<String, List<RecordedSpan>> exported = exported();
		plans.forEach((order, plan) -> {
			Oracle oracle = new Oracle(order, plan, answers.get(order), this.journal);
			List<RecordedSpan> ofTrace = exported.remove(oracle.traceId());
			report.add(oracle, (ofTrace != null)
					? ofTrace.stream().collect(Collectors.groupingBy(RecordedSpan::service)) : Map.of());
		});
		report.addStrangers(exported);
		report.addBuffer(sum(TailWatch::spansGivenUp) - givenUp, this.journal.mostBytes());
		this.journal.clear();
	}

	private long sum(ToLongFunction<TailWatch> value) {
		return this.watches.values().stream().mapToLong(value).sum();
	}

	private Map<Order, TraceHeader> send(Map<Order, Plan> plans, Report report) {
		Map<Order, TraceHeader> answers = new ConcurrentHashMap<>();
		ExecutorService executor = Executors.newFixedThreadPool(this.concurrency);
		try {
			List<CompletableFuture<Integer>> requests = plans.keySet()
				.stream()
				.map((order) -> CompletableFuture.supplyAsync(() -> send(order, answers), executor))
				.toList();
			int i = 0;
			for (Map.Entry<Order, Plan> entry : plans.entrySet()) {
				boolean failed = requests.get(i++).join() >= SERVER_ERROR;
				if (failed != entry.getValue().fails(Service.A)) {
					report.differs(entry.getKey().text() + (failed ? " failed" : " did not fail"));
				}
			}
			return answers;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private int send(Order order, Map<Order, TraceHeader> answers) {
		URI uri = URI.create(this.network.url(Service.A).replace("{order}", order.text()));
		try {
			HttpResponse<Void> response = this.client.send(HttpRequest.newBuilder(uri).build(),
					BodyHandlers.discarding());
			response.headers()
				.firstValue(TraceHeader.TRACE_RESPONSE)
				.ifPresent((header) -> answers.put(order, TraceHeader.parse(header)));
			return response.statusCode();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No answer to " + order.text(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for " + order.text(), ex);
		}
	}

	/**
	 * All that was exported since the last time, by trace.
	 */
	private Map<String, List<RecordedSpan>> exported() {
		this.contexts.values()
			.forEach((context) -> context.getBean(SdkTracerProvider.class)
				.forceFlush()
				.join(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
		return this.receiver.drain().stream().collect(Collectors.groupingBy(RecordedSpan::traceId));
	}

	@Override
	public void close() {
		List.of(Service.values()).forEach((service) -> {
			ConfigurableApplicationContext context = this.contexts.get(service);
			if (context != null) {
				context.close();
			}
		});
		this.receiver.close();
	}

}
