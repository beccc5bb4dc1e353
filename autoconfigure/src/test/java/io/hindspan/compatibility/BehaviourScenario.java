package io.hindspan.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

/**
 * Starts an application, sends it a request of a trace that has begun elsewhere, and
 * tells what it is made of and how it behaves. Uses nothing of Hindspan.
 */
class BehaviourScenario implements Function<List<String>, Map<String, Object>> {

	static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

	private static final List<String> DEFAULTS = List.of("management.observations.annotations.enabled",
			"spring.reactor.context-propagation", "management.opentelemetry.tracing.export.schedule-delay",
			"management.opentelemetry.tracing.export.max-queue-size", "management.tracing.sampling.probability",
			"spring.kafka.template.observation-enabled", "spring.kafka.listener.observation-enabled",
			"spring.rabbitmq.template.observation-enabled", "spring.rabbitmq.listener.simple.observation-enabled",
			"spring.rabbitmq.listener.direct.observation-enabled", "spring.task.execution.propagate-context");

	/** Of the JVM, which has seen other applications. */
	private static final List<String> OF_THE_JVM = List.of("jvm.", "process.", "system.", "tomcat.");

	@Override
	public Map<String, Object> apply(List<String> args) {
		Map<String, Object> facts = new TreeMap<>();
		SpringApplication application = new SpringApplication(TasksApplication.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		application.setRegisterShutdownHook(false);
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = application.run(arguments(receiver, args))) {
			describe(context, facts);
			ListAppender<ILoggingEvent> log = new ListAppender<>();
			log.start();
			logger(TasksApplication.TaskController.class.getName()).addAppender(log);
			request(context, facts);
			receiver.awaitTrace((trace) -> trace.spans((span) -> span.kind() == SpanKind.SERVER).size() == 3);
			facts.put("spans", spans(receiver));
			facts.put("meters", meters(context));
			facts.put("mdc", log.list.stream().map((event) -> ids(event.getMDCPropertyMap().toString())).toList());
			facts.put("log", log.list.stream().map(this::onConsole).toList());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		return facts;
	}

	private static String[] arguments(OtlpReceiver receiver, List<String> args) {
		return Stream
			.concat(Stream.of(LifecycleTests.EXCLUDED, "--server.port=0", "--spring.main.banner-mode=off",
					"--spring.application.name=tasks", "--spring.datasource.hikari.pool-name=tasks",
					"--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint()), args.stream())
			.toArray(String[]::new);
	}

	private void describe(ConfigurableApplicationContext context, Map<String, Object> facts) {
		facts.put("beans", new ArrayList<>(new TreeSet<>(List.of(context.getBeanDefinitionNames()))));
		facts.put("property sources",
				context.getEnvironment().getPropertySources().stream().map(PropertySource::getName).toList());
		Map<String, Object> defaults = new TreeMap<>();
		for (String name : DEFAULTS) {
			String value = context.getEnvironment().getProperty(name);
			if (value != null) {
				defaults.put(name, value);
			}
		}
		facts.put("defaults", defaults);
		facts.put("types of Hindspan",
				Stream.of(context.getBeanDefinitionNames())
					.map((name) -> String.valueOf(context.getType(name)))
					.filter((type) -> type.startsWith("class io.hindspan.") && !type.contains(".compatibility."))
					.toList());
	}

	private void request(ConfigurableApplicationContext context, Map<String, Object> facts) throws Exception {
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/tasks/17"))
				.header("traceparent", "00-" + TRACE_ID + "-b7ad6b7169203331-01")
				.header("tracestate", "vendor=value")
				.header("baggage", "tenant=blue")
				.build(), HttpResponse.BodyHandlers.ofString());
		facts.put("status", response.statusCode());
		facts.put("response headers", new ArrayList<>(new TreeSet<>(response.headers().map().keySet())));
		Map<String, Set<String>> received = new ConcurrentSkipListMap<>();
		TasksApplication.RECEIVED.forEach((name, values) -> {
			Set<String> masked = new TreeSet<>();
			values.forEach((value) -> masked.add(ids(value.replace(port, "PORT"))));
			received.put(name, masked);
		});
		facts.put("headers sent", received);
	}

	private static List<String> spans(OtlpReceiver receiver) {
		return receiver.spans()
			.stream()
			.filter((span) -> span.traceId().equals(TRACE_ID))
			.map(BehaviourScenario::describe)
			.sorted()
			.toList();
	}

	private static String describe(RecordedSpan span) {
		return span.name() + " " + span.kind() + " " + new TreeSet<>(span.attributes().keySet());
	}

	private static List<String> meters(ConfigurableApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> OF_THE_JVM.stream().noneMatch(id.getName()::startsWith))
			.map((id) -> id.getType() + " " + id.getName() + " " + id.getBaseUnit() + " " + id.getTags())
			.sorted()
			.toList();
	}

	private static Logger logger(String name) {
		return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name);
	}

	private String onConsole(ILoggingEvent event) {
		ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) logger("ROOT").getAppender("CONSOLE");
		String line = new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
		return ids(line.replaceFirst("^\\S+Z", "TIME")
			.replaceFirst(" \\d+ ---", " PID ---")
			.replaceFirst("-exec-\\d+", "-exec-N"));
	}

	/**
	 * Without what differs from run to run: ids of spans, but not that of the trace.
	 */
	private static String ids(String text) {
		return text.replaceAll("\\b[0-9a-f]{16}\\b", "SPAN");
	}

}
