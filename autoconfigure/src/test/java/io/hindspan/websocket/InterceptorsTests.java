package io.hindspan.websocket;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.Message;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.stereotype.Controller;

import io.hindspan.FaultyTracing;
import io.hindspan.TracedApplication;
import io.hindspan.propagation.TrustedCallers;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link SendingInterceptor} and {@link HandlingInterceptor} where their
 * context is carried to other threads, and where tracing fails.
 */
class InterceptorsTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private @Nullable ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.receiver.close();
		assertThat(Context.current()).isSameAs(Context.root());
	}

	private void start() {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class);
	}

	private <T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	/**
	 * Runs something on another thread, to which the context is carried.
	 */
	private static void elsewhere(Runnable work) {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicReference<Context> left = new AtomicReference<>();
		Runnable carried = Context.current().wrap(work);
		Thread thread = new Thread(() -> {
			carried.run();
			left.set(Context.current());
		});
		thread.setUncaughtExceptionHandler((failed, ex) -> failure.set(ex));
		thread.start();
		assertThatCode(thread::join).doesNotThrowAnyException();
		assertThat(failure.get()).isNull();
		assertThat(left.get()).isSameAs(Context.root());
	}

	private RecordedTrace traced(Runnable work) {
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> !trace.spans("caller").isEmpty());
	}

	@Test
	void messageThatAnotherThreadSendsMeanwhileIsASpanOfItsOwn() {
		start();
		SimpMessagingTemplate template = this.context.getBean(SimpMessagingTemplate.class);
		bean("brokerChannel", SubscribableChannel.class).subscribe((message) -> {
			if ("/first/task".equals(SimpMessageHeaderAccessor.getDestination(message.getHeaders()))) {
				elsewhere(() -> template.convertAndSend("/second/task", "done"));
				Span.current().setAttribute("late", true);
			}
		});
		RecordedTrace trace = traced(() -> template.convertAndSend("/first/task", "done"));
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL)
			.with(span("/first publish", SpanKind.PRODUCER).with(span("/second publish", SpanKind.PRODUCER))));
		assertThat(trace.span("/first publish")).hasAttribute("late", true);
	}

	@Test
	void messageThatIsSentAfterwardsIsASpanOfItsOwn() {
		start();
		SimpMessagingTemplate template = this.context.getBean(SimpMessagingTemplate.class);
		AtomicReference<Context> kept = new AtomicReference<>();
		bean("brokerChannel", SubscribableChannel.class).subscribe((message) -> kept.set(Context.current()));
		RecordedTrace trace = traced(() -> {
			template.convertAndSend("/first/task", "done");
			kept.get().wrap(() -> template.convertAndSend("/second/task", "done")).run();
		});
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL)
			.with(span("/first publish", SpanKind.PRODUCER).with(span("/second publish", SpanKind.PRODUCER))));
	}

	@Test
	void messageThatAnotherThreadHandlesLeavesTheHandlingAlone() {
		start();
		bean("clientInboundChannel", SubscribableChannel.class).send(message("/app/elsewhere"));
		RecordedSpan process = this.receiver.awaitSpan((span) -> span.name().equals("/app/elsewhere process"));
		assertThat(process).hasStatus(StatusCode.UNSET).hasAttribute("late", true);
	}

	@Test
	void messageThatAMethodHandsOnLeavesTheHandlingAlone() {
		start();
		bean("clientInboundChannel", SubscribableChannel.class).send(message("/app/here"));
		RecordedSpan process = this.receiver.awaitSpan((span) -> span.name().equals("/app/here process"));
		assertThat(process).hasStatus(StatusCode.UNSET).hasAttribute("late", true);
	}

	@Test
	void tracersThatAreGoneHarmNobody() {
		start();
		Supplier<InstrumentationTracers> gone = () -> {
			throw new IllegalStateException("The application is shutting down");
		};
		carriesMessagesWith(gone);
	}

	@Test
	void faultsHarmNobody() {
		FaultyTracing faults = new FaultyTracing();
		start();
		faults.runner().run((context) -> {
			InstrumentationTracers tracers = context.getBean(InstrumentationTracers.class);
			faults.failAtEnd();
			carriesMessagesWith(() -> tracers);
			faults.failAtStart();
			carriesMessagesWith(() -> tracers);
		});
	}

	private void carriesMessagesWith(Supplier<InstrumentationTracers> tracers) {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		channel.addInterceptor(new SendingInterceptor(tracers, true));
		channel.addInterceptor(new HandlingInterceptor(tracers, TrustedCallers::everybody));
		SimpAnnotationMethodMessageHandler handler = this.context.getBean(SimpAnnotationMethodMessageHandler.class);
		channel.subscribe(handler);
		Tasks tasks = this.context.getBean(Tasks.class);
		tasks.handled = 0;
		assertThat(channel.send(message("/app/tasks"))).isTrue();
		assertThat(tasks.handled).isEqualTo(1);
		IllegalStateException failure = new IllegalStateException("own");
		channel.subscribe((message) -> {
			throw failure;
		});
		assertThat(catchThrowable(() -> channel.send(message("/app/tasks")))).hasCause(failure);
	}

	private static Message<byte[]> message(String destination) {
		SimpMessageHeaderAccessor accessor = SimpMessageHeaderAccessor.create();
		accessor.setDestination(destination);
		accessor.setSessionId("session");
		accessor.setSessionAttributes(new HashMap<>());
		return MessageBuilder.createMessage("hello".getBytes(StandardCharsets.UTF_8), accessor.getMessageHeaders());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Tasks.class)
	static class Application {

		@Bean
		ExecutorSubscribableChannel clientInboundChannel() {
			return new ExecutorSubscribableChannel();
		}

		@Bean
		ExecutorSubscribableChannel clientOutboundChannel() {
			return new ExecutorSubscribableChannel();
		}

		@Bean
		ExecutorSubscribableChannel brokerChannel() {
			return new ExecutorSubscribableChannel();
		}

		@Bean
		SimpMessagingTemplate template(ExecutorSubscribableChannel brokerChannel) {
			return new SimpMessagingTemplate(brokerChannel);
		}

		@Bean
		SimpAnnotationMethodMessageHandler handler(ExecutorSubscribableChannel clientInboundChannel,
				ExecutorSubscribableChannel clientOutboundChannel, SimpMessagingTemplate template) {
			SimpAnnotationMethodMessageHandler handler = new SimpAnnotationMethodMessageHandler(clientInboundChannel,
					clientOutboundChannel, template);
			handler.setDestinationPrefixes(List.of("/app"));
			return handler;
		}

	}

	@Controller
	static class Tasks {

		private final ExecutorSubscribableChannel clientInboundChannel;

		private int handled;

		Tasks(ExecutorSubscribableChannel clientInboundChannel) {
			this.clientInboundChannel = clientInboundChannel;
		}

		@MessageMapping("/tasks")
		void handle() {
			this.handled++;
		}

		@MessageMapping("/elsewhere")
		void sendElsewhere() {
			elsewhere(() -> this.clientInboundChannel.send(message("/app/unknown")));
			Span.current().setAttribute("late", true);
		}

		@MessageMapping("/here")
		void sendHere() {
			this.clientInboundChannel.send(message("/app/unknown"));
			Span.current().setAttribute("late", true);
		}

	}

}
