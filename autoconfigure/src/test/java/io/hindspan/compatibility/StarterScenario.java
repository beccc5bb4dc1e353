package io.hindspan.compatibility;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

/**
 * Starts an application of whatever is on the class path, makes a span, and sends it a
 * request if it is of the web. Tells what came of it.
 */
class StarterScenario implements Function<List<String>, Map<String, Object>> {

	@Override
	public Map<String, Object> apply(List<String> args) {
		Map<String, Object> facts = new TreeMap<>();
		SpringApplication application = new SpringApplication(StarterApplication.class);
		application.setRegisterShutdownHook(false);
		try (OtlpReceiver receiver = OtlpReceiver.start();
				ConfigurableApplicationContext context = application.run(arguments(receiver, args))) {
			facts.put("type", String.valueOf(application.getWebApplicationType()));
			facts.put("features",
					Stream.of(context.getBeanDefinitionNames())
						.filter((name) -> name.startsWith("io.hindspan.") && name.endsWith("AutoConfiguration"))
						.map((name) -> name.substring(name.lastIndexOf('.') + 1).replace("AutoConfiguration", ""))
						.sorted()
						.toList());
			Observation.createNotStarted("work", context.getBean(ObservationRegistry.class)).observe(() -> {
			});
			facts.put("span", receiver.awaitSpan((span) -> span.name().equals("work")).name());
			String port = context.getEnvironment().getProperty("local.server.port");
			if (port != null) {
				HttpResponse<Void> response = HttpClient.newHttpClient()
					.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/none")).build(),
							HttpResponse.BodyHandlers.discarding());
				RecordedSpan span = receiver.awaitSpan((candidate) -> candidate.name().startsWith("GET"));
				facts.put("status", response.statusCode());
				facts.put("traced", response.headers().allValues("X-Trace-Id").equals(List.of(span.traceId())));
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		return facts;
	}

	private static String[] arguments(OtlpReceiver receiver, List<String> args) {
		return Stream
			.concat(Stream.of("--server.port=0", "--spring.main.banner-mode=off", "--hindspan.environment=development",
					"--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint()), args.stream())
			.toArray(String[]::new);
	}

}
