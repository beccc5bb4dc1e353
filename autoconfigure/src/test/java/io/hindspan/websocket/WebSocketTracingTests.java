package io.hindspan.websocket;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.WebSocketStompClient;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for STOMP over a WebSocket of a real server.
 */
class WebSocketTracingTests {

	private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private final BlockingQueue<StompHeaders> received = new LinkedBlockingQueue<>();

	private ConfigurableApplicationContext context;

	private WebSocketStompClient client;

	private StompSession session;

	@AfterEach
	void stop() {
		this.session.disconnect();
		this.client.stop();
		this.context.close();
		this.receiver.close();
	}

	private void start(String... args) throws Exception {
		start(new WebSocketHttpHeaders(), args);
	}

	private void start(WebSocketHttpHeaders headers, String... args) throws Exception {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.SERVLET, Application.class, args);
		this.client = new WebSocketStompClient(new StandardWebSocketClient());
		this.session = this.client.connectAsync("ws://localhost:" + TracedApplication.port(this.context) + "/stomp",
				headers, new StompSessionHandlerAdapter() {
				})
			.get(20, TimeUnit.SECONDS);
		subscribe("/topic/results");
		assertThat(subscribe("/app/greeting")).isNotNull();
	}

	/**
	 * Returns when the answer of a method is there, if there is one: what was sent before
	 * has then been handled.
	 */
	private StompHeaders subscribe(String destination) throws InterruptedException {
		this.session.subscribe(destination, new StompFrameHandler() {

			@Override
			public Type getPayloadType(StompHeaders headers) {
				return byte[].class;
			}

			@Override
			public void handleFrame(StompHeaders headers, Object payload) {
				WebSocketTracingTests.this.received.add(headers);
			}

		});
		return destination.startsWith("/app/") ? receive() : null;
	}

	private StompHeaders receive() throws InterruptedException {
		return this.received.poll(20, TimeUnit.SECONDS);
	}

	private void send(String destination, String... headers) {
		StompHeaders stomp = new StompHeaders();
		stomp.setDestination(destination);
		for (int i = 0; i < headers.length; i += 2) {
			stomp.add(headers[i], headers[i + 1]);
		}
		this.session.send(stomp, "hello".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void messageContinuesTheTraceOfItsSender() throws Exception {
		start();
		send("/app/tasks/17", "traceparent", "00-" + TRACE_ID + "-b7ad6b7169203331-01");
		assertThat(receive().getDestination()).isEqualTo("/topic/results");
		RecordedTrace trace = this.receiver.awaitTrace(TRACE_ID, 3);
		assertThat(trace).matchesTree(span("/app/tasks/{id} process", SpanKind.CONSUMER)
			.with(span("work", SpanKind.INTERNAL), span("/topic publish", SpanKind.PRODUCER)));
		RecordedSpan process = trace.span("/app/tasks/{id} process");
		assertThat(process.parentSpanId()).isEqualTo("b7ad6b7169203331");
		assertThat(process.links()).isEmpty();
		assertThat(process).hasScope("io.hindspan.websocket")
			.hasStatus(StatusCode.UNSET)
			.hasOnlyAttributes(Map.of("messaging.system", "stomp", "messaging.destination.name", "/app/tasks/17",
					"messaging.destination.template", "/app/tasks/{id}", "messaging.operation.type", "process",
					"messaging.operation.name", "process", "code.function.name", Tasks.class.getName() + ".change"));
		assertThat(trace.span("/topic publish"))
			.hasOnlyAttributes(Map.of("messaging.system", "stomp", "messaging.destination.name", "/topic/results",
					"messaging.operation.type", "send", "messaging.operation.name", "publish"));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.0.0.1", "127.0.0.1, '127.0.0.1, 203.0.113.9'", "127.0.0.1, localhost" })
	void forwardingHeaderBuysNoTrust(String trusted, String forwardedFor) throws Exception {
		WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
		headers.set("X-Forwarded-For", forwardedFor);
		start(headers, "--hindspan.propagation.trusted-callers=" + trusted,
				"--server.forward-headers-strategy=framework");
		send("/app/tasks/17", "traceparent", "00-" + TRACE_ID + "-b7ad6b7169203331-01");
		assertThat(receive()).isNotNull();
		RecordedSpan process = this.receiver.awaitSpan((span) -> span.name().equals("/app/tasks/{id} process"));
		assertThat(process.traceId()).isNotEqualTo(TRACE_ID);
	}

	@Test
	void messageOfAStrangerBeginsATraceOfItsOwn() throws Exception {
		start("--hindspan.propagation.trusted-callers=10.0.0.0/8");
		send("/app/tasks/17", "traceparent", "00-" + TRACE_ID + "-b7ad6b7169203331-01");
		assertThat(receive()).isNotNull();
		RecordedSpan process = this.receiver.awaitSpan((span) -> span.name().equals("/app/tasks/{id} process"));
		assertThat(process).isRoot().hasLinkCount(2);
		assertThat(process.traceId()).isNotEqualTo(TRACE_ID);
		assertThat(process.links().get(0).traceId()).isEqualTo(TRACE_ID);
	}

	@Test
	void messageWithoutATraceBeginsOneThatIsLinkedToTheHandshake() throws Exception {
		start();
		send("/app/tasks/17");
		assertThat(receive()).isNotNull();
		RecordedSpan process = this.receiver.awaitSpan((span) -> span.name().equals("/app/tasks/{id} process"));
		RecordedSpan handshake = this.receiver.awaitSpan((span) -> span.kind() == SpanKind.SERVER);
		assertThat(process.parentSpanId()).isNull();
		assertThat(process.traceId()).isNotEqualTo(handshake.traceId());
		assertThat(process.links()).singleElement().satisfies((link) -> {
			assertThat(link.traceId()).isEqualTo(handshake.traceId());
			assertThat(link.spanId()).isEqualTo(handshake.spanId());
		});
		assertThat(handshake).hasAttribute("http.response.status_code", 101L);
	}

	@Test
	void subscriptionThatAMethodAnswersIsASpan() throws Exception {
		start();
		RecordedSpan span = this.receiver.awaitSpan((candidate) -> candidate.name().equals("/app/greeting process"));
		assertThat(span).hasKind(SpanKind.CONSUMER).hasStatus(StatusCode.UNSET);
	}

	@Test
	void exceptionThatNobodyHandlesIsAnError() throws Exception {
		start();
		send("/app/fail", "traceparent", "00-" + TRACE_ID + "-b7ad6b7169203331-01");
		RecordedSpan span = this.receiver.awaitSpan((candidate) -> candidate.name().equals("/app/fail process"));
		assertThat(span).hasStatus(StatusCode.ERROR).hasAttribute("error.type", IllegalStateException.class.getName());
		assertThat(span.event("exception")).isPresent();
	}

	@Test
	void exceptionThatTheApplicationHandlesIsNone() throws Exception {
		start();
		send("/app/refuse");
		assertThat(receive().getDestination()).isEqualTo("/topic/results");
		RecordedSpan span = this.receiver.awaitSpan((candidate) -> candidate.name().equals("/app/refuse process"));
		assertThat(span).hasStatus(StatusCode.UNSET);
	}

	@Test
	void messageOfTheTemplateIsOneSpanWhateverItsSubscribers() throws Exception {
		start();
		subscribe("/topic/results");
		subscribe("/app/greeting");
		RecordedTrace trace = traced(
				() -> this.context.getBean(SimpMessagingTemplate.class).convertAndSend("/topic/results", "done"));
		assertThat(receive().getFirst("traceparent")).isNull();
		assertThat(receive()).isNotNull();
		assertThat(trace)
			.matchesTree(span("caller", SpanKind.INTERNAL).with(span("/topic publish", SpanKind.PRODUCER)));
	}

	@Test
	void messageToAUserIsOneSpanThatDoesNotNameTheUser() throws Exception {
		start();
		RecordedTrace trace = traced(() -> this.context.getBean(SimpMessagingTemplate.class)
			.convertAndSendToUser("ada", "/queue/results", "done"));
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span("/user publish", SpanKind.PRODUCER)));
		assertThat(trace.toString()).doesNotContain("ada");
	}

	@Test
	void subscribersAreToldOnDemand() throws Exception {
		start("--hindspan.websocket.tell-subscribers=true");
		RecordedTrace trace = traced(
				() -> this.context.getBean(SimpMessagingTemplate.class).convertAndSend("/topic/results", "done"));
		RecordedSpan publish = trace.span("/topic publish");
		assertThat(receive().getFirst("traceparent")).startsWith("00-" + publish.traceId() + "-" + publish.spanId());
	}

	@Test
	void messagesThatNoMethodHandlesHaveNoSpan() throws Exception {
		start();
		send("/app/unknown");
		send("/topic/results");
		assertThat(receive()).isNotNull();
		send("/app/tasks/17");
		assertThat(receive()).isNotNull();
		this.receiver.awaitSpan((span) -> span.name().equals("/app/tasks/{id} process"));
		assertThat(this.receiver.spans((span) -> span.kind() == SpanKind.CONSUMER)).extracting(RecordedSpan::name)
			.containsExactlyInAnyOrder("/app/greeting process", "/app/tasks/{id} process");
	}

	@Test
	void nothingStaysOnTheThreadsOfTheChannel() throws Exception {
		start();
		for (int i = 0; i < 20; i++) {
			send("/app/tasks/" + i);
			assertThat(receive()).isNotNull();
		}
		this.receiver.awaitTrace((trace) -> trace.spans("/app/tasks/{id} process").size() == 1);
		assertThat(Tasks.BEFORE).hasSizeGreaterThanOrEqualTo(20);
		assertThat(this.receiver.spans((span) -> span.name().equals("/app/tasks/{id} process")))
			.allSatisfy((span) -> assertThat(span.parentSpanId()).isNull());
	}

	@Test
	void resultsAreTheSameWhenOff() throws Exception {
		start("--hindspan.websocket.enabled=false");
		send("/app/tasks/17");
		assertThat(receive().getDestination()).isEqualTo("/topic/results");
		send("/app/refuse");
		assertThat(receive().getDestination()).isEqualTo("/topic/results");
		this.receiver.awaitSpan((span) -> span.kind() == SpanKind.SERVER);
		assertThat(this.receiver.spans((span) -> span.scope().name().equals("io.hindspan.websocket"))).isEmpty();
	}

	private RecordedTrace traced(Runnable work) {
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		return this.receiver.awaitTrace((trace) -> !trace.spans("caller").isEmpty());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSocketMessageBroker
	@Import(Tasks.class)
	static class Application implements WebSocketMessageBrokerConfigurer {

		@Override
		public void registerStompEndpoints(StompEndpointRegistry registry) {
			registry.addEndpoint("/stomp");
		}

		@Override
		public void configureMessageBroker(MessageBrokerRegistry registry) {
			registry.enableSimpleBroker("/topic", "/queue");
			registry.setApplicationDestinationPrefixes("/app");
		}

	}

	@Controller
	static class Tasks {

		static final List<String> BEFORE = new CopyOnWriteArrayList<>();

		@MessageMapping("/tasks/{id}")
		@SendTo("/topic/results")
		String change(@DestinationVariable String id, @Payload String text) {
			BEFORE.add(id);
			return CurrentSpan.child("work", () -> id + text);
		}

		@MessageMapping("/fail")
		void fail() {
			throw new IllegalStateException("not handled");
		}

		@MessageMapping("/refuse")
		void refuse() {
			throw new IllegalArgumentException("handled");
		}

		@MessageExceptionHandler
		@SendTo("/topic/results")
		String refused(IllegalArgumentException refusal) {
			return refusal.getMessage();
		}

		@SubscribeMapping("/greeting")
		String greeting() {
			return "hello";
		}

	}

}
