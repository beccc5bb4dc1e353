package io.hindspan.integration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.integration.annotation.Poller;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.PublishSubscribeChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the exported spans of Spring Integration, which observes the channels and
 * endpoints that the application names.
 */
class IntegrationFlowTracingTests {

	private static final String PATTERNS = "spring.integration.management.observation-patterns";

	private static final OtlpReceiver receiver = OtlpReceiver.start();

	@AfterAll
	static void stop() {
		receiver.close();
	}

	@BeforeEach
	void reset() {
		receiver.reset();
	}

	@Test
	void callsAndExecutorsStayInTheTraceByThemselves() throws Exception {
		sendInRoot("--" + PATTERNS + "=");
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 3);
		assertThat(trace).matchesTree(span("root").with(span("direct work"), span("topic work")));
		receiver.awaitQuiet(Duration.ofMillis(100));
		assertThat(receiver.spans()).hasSize(3);
	}

	@Test
	void channelAndEndpointThatAreNamedAreSpansOverAQueue() throws Exception {
		sendInRoot("--" + PATTERNS + "=queue,*.queued.serviceActivator");
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 6);
		assertThat(trace).matchesTree(
				span("root").with(span("direct work"), span("topic work"), span("queue send", SpanKind.PRODUCER)
					.with(span(endpoint("queued"), SpanKind.CONSUMER).with(span("queued work")))));
		assertThat(trace).span("queue send")
			.hasScope("io.hindspan")
			.hasOnlyAttributes(Map.of("spring.integration.name", "queue", "spring.integration.type", "producer"));
	}

	@Test
	void everythingIsASpanWhereEverythingIsNamed() throws Exception {
		sendInRoot("--" + PATTERNS + "=*");
		RecordedTrace trace = receiver.awaitTrace((candidate) -> candidate.spans().size() >= 10);
		assertThat(trace).matchesTree(span("root").with(
				span("direct send", SpanKind.PRODUCER)
					.with(span(endpoint("direct"), SpanKind.CONSUMER).with(span("direct work"))),
				span("queue send", SpanKind.PRODUCER)
					.with(span(endpoint("queued"), SpanKind.CONSUMER).with(span("queued work"))),
				span("topic send", SpanKind.PRODUCER)
					.with(span(endpoint("topic"), SpanKind.CONSUMER).with(span("topic work")))));
	}

	private static String endpoint(String method) {
		return Flow.class.getName() + "." + method + ".serviceActivator receive";
	}

	private static void sendInRoot(String argument) throws InterruptedException {
		try (ConfigurableApplicationContext context = TracedApplication.start(receiver, WebApplicationType.NONE,
				Application.class, "--hindspan.test.technologies=integration", argument)) {
			Observation.createNotStarted("root", context.getBean(ObservationRegistry.class)).observe(() -> {
				for (String channel : List.of("direct", "queue", "topic")) {
					context.getBean(channel, MessageChannel.class).send(new GenericMessage<>("report"));
				}
			});
			assertThat(context.getBean(Flow.class).done.await(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Flow.class)
	static class Application {

		@Bean
		DirectChannel direct() {
			return new DirectChannel();
		}

		@Bean
		QueueChannel queue() {
			return new QueueChannel();
		}

		@Bean
		SimpleAsyncTaskExecutor topicExecutor() {
			return new SimpleAsyncTaskExecutor("topic-");
		}

		@Bean
		PublishSubscribeChannel topic(SimpleAsyncTaskExecutor topicExecutor) {
			return new PublishSubscribeChannel(topicExecutor);
		}

	}

	static class Flow {

		private final CountDownLatch done = new CountDownLatch(3);

		@ServiceActivator(inputChannel = "direct")
		void direct(String payload) {
			CurrentSpan.childRun("direct work", this.done::countDown);
		}

		@ServiceActivator(inputChannel = "queue", poller = @Poller(fixedDelay = "10"))
		void queued(String payload) {
			CurrentSpan.childRun("queued work", this.done::countDown);
		}

		@ServiceActivator(inputChannel = "topic")
		void topic(String payload) {
			CurrentSpan.childRun("topic work", this.done::countDown);
		}

	}

}
