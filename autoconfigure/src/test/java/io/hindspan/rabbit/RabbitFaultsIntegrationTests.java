package io.hindspan.rabbit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hindspan.TracedApplication;
import io.hindspan.rabbit.RabbitApplication.ThreadCheck;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;
import io.hindspan.test.RecordedTrace;
import io.hindspan.test.server.AmqpServer;

import static io.hindspan.rabbit.RabbitApplication.inTrace;
import static io.hindspan.rabbit.RabbitApplication.template;
import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for a broker that goes down, or does not answer.
 */
class RabbitFaultsIntegrationTests {

	private OtlpReceiver receiver;

	@BeforeEach
	void start() {
		this.receiver = OtlpReceiver.start();
	}

	@AfterEach
	void stop() {
		this.receiver.close();
		assertThat(Context.current()).isSameAs(Context.root());
	}

	@Test
	void brokerThatIsDownFailsTheSend() throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		failedSend(port, AmqpConnectException.class);
	}

	@Test
	void brokerThatDoesNotAnswerFailsTheSend() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			failedSend(silent.getLocalPort(), AmqpTimeoutException.class);
		}
	}

	private void failedSend(int port, Class<? extends AmqpException> type) {
		try (ConfigurableApplicationContext context = TracedApplication.start(this.receiver, WebApplicationType.NONE,
				Sender.class, "--spring.rabbitmq.host=127.0.0.1", "--spring.rabbitmq.port=" + port)) {
			String traceId = inTrace(context, () -> {
				Span before = Span.current();
				assertThatExceptionOfType(type)
					.isThrownBy(() -> template(context).convertAndSend("faults.tasks", "task 17"));
				assertThat(Span.current()).isSameAs(before);
			});
			assertThat(this.receiver.awaitTrace(traceId, 2)).matchesTree(span("root").with(
					span("connect", SpanKind.CLIENT).status(StatusCode.ERROR).attribute("error.type", type.getName())));
		}
	}

	@Test
	void brokerMayGoDownWhileAListenerWorks() throws InterruptedException {
		AmqpServer server = AmqpServer.start();
		try (server; ConfigurableApplicationContext context = start(server)) {
			Listener listener = context.getBean(Listener.class);
			String traceId = inTrace(context, () -> template(context).convertAndSend("faults.tasks", "task 17"));
			assertThat(listener.called.await(20, TimeUnit.SECONDS)).isTrue();
			server.close();
			listener.brokerIsDown.countDown();
			RecordedTrace trace = this.receiver.awaitTrace(traceId, 4);
			RecordedSpan process = trace.span("faults.tasks process");
			String thrown = listener.thrown.getClass().getName();
			assertThat(trace).span("connect")
				.isChildOf(process)
				.hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", thrown);
			assertThat(process).hasStatus(StatusCode.ERROR)
				.hasAttribute("error.type", thrown)
				.hasAttribute("hindspan.messaging.outcome", "requeue");
			assertThat(context.getBean(ThreadCheck.class).left()).isEmpty();
		}
	}

	private ConfigurableApplicationContext start(AmqpServer server) {
		return RabbitApplication.start(this.receiver, server, Application.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Sender {

		@Bean
		ConnectionFactoryCustomizer impatience() {
			return (factory) -> factory.setHandshakeTimeout(300);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ThreadCheck threadCheck() {
			return new ThreadCheck();
		}

		@Bean
		ContainerCustomizer<SimpleMessageListenerContainer> checked(ThreadCheck check) {
			return (container) -> container.setMessagePropertiesConverter(check);
		}

		@Bean
		Queue tasks() {
			return RabbitApplication.queue("faults.tasks");
		}

		@Bean
		Listener listener(RabbitTemplate template) {
			return new Listener(template);
		}

	}

	static class Listener {

		private final CountDownLatch called = new CountDownLatch(1);

		private final CountDownLatch brokerIsDown = new CountDownLatch(1);

		private final RabbitTemplate template;

		private volatile AmqpException thrown;

		Listener(RabbitTemplate template) {
			this.template = template;
		}

		@RabbitListener(queues = "faults.tasks")
		void handle(String task) throws InterruptedException {
			this.called.countDown();
			assertThat(this.brokerIsDown.await(20, TimeUnit.SECONDS)).isTrue();
			try {
				this.template.convertAndSend("faults.next", task);
			}
			catch (AmqpException ex) {
				this.thrown = ex;
				throw ex;
			}
		}

	}

}
