package io.hindspan.rabbit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import org.aopalliance.aop.Advice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.retry.MessageBatchRecoverer;
import org.springframework.aop.framework.ProxyFactory;

import io.hindspan.FaultyTracing;
import io.hindspan.core.FaultGuard;
import io.hindspan.span.InstrumentationTracers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for listeners whose tracing fails: RabbitMQ would deliver again what they have
 * processed.
 */
class ListenerFaultsTests {

	private final FaultyTracing faults = new FaultyTracing();

	private final AtomicInteger calls = new AtomicInteger();

	private boolean recovers;

	@AfterEach
	void nothingIsLeftOnTheThread() {
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
	}

	@Test
	void beansThatAreGoneHarmNobody() {
		Supplier<Redeliveries> gone = () -> {
			throw new IllegalStateException("The application is shutting down");
		};
		process(advices(() -> {
			throw new IllegalStateException("The application is shutting down");
		}, gone));
	}

	@Test
	void spansThatCannotBeStartedHarmNobody() {
		run((tracers) -> {
			this.faults.failAtStart();
			process(advices(() -> new MessageSpans(tracers, 10), () -> redeliveries(tracers)));
		});
	}

	@Test
	void spansThatCannotBeEndedHarmNobody() {
		run((tracers) -> {
			this.faults.failAtEnd();
			process(advices(() -> new MessageSpans(tracers, 10), () -> redeliveries(tracers)));
		});
	}

	@Test
	void whatCannotBeNotedOfABatchHarmsNobody() {
		run((tracers) -> {
			Redeliveries redeliveries = redeliveries(tracers);
			AtomicInteger asked = new AtomicInteger();
			Supplier<Redeliveries> once = () -> {
				if (asked.incrementAndGet() % 2 == 0) {
					throw new IllegalStateException("The application is shutting down");
				}
				return redeliveries;
			};
			process(advices(() -> new MessageSpans(tracers, 10), once));
			assertThat(asked).hasPositiveValue();
		});
	}

	@Test
	void workOfABatchIsDoneAllTheSame() {
		run((tracers) -> {
			this.faults.failAtEnd();
			RabbitBatchTracing tracing = new RabbitBatchTracing(new MessageSpans(tracers, 10), redeliveries(tracers));
			assertThat(tracing.process(message(), () -> "result")).isEqualTo("result");
			this.faults.failAtStart();
			assertThat(tracing.process(message(), () -> "result")).isEqualTo("result");
			IOException failure = new IOException("own");
			assertThat(catchThrowable(() -> tracing.processRun(message(), () -> {
				throw failure;
			}))).isSameAs(failure);
		});
	}

	/**
	 * Lets listeners succeed and fail, for one message and for a batch.
	 */
	private void process(Advice[] advices) {
		for (Object data : List.of(message(), List.of(message(), message()))) {
			this.calls.set(0);
			Listener listener = proxy((channel, received) -> {
				this.calls.incrementAndGet();
				return "result";
			}, advices);
			assertThat(listener.invoke("channel", data)).isEqualTo("result");
			assertThat(this.calls).hasValue(1);
			IllegalArgumentException failure = new IllegalArgumentException("own");
			Listener failing = proxy((channel, received) -> {
				if (this.calls.incrementAndGet() < 5) {
					throw failure;
				}
				return "result";
			}, advices);
			assertThat(catchThrowable(() -> failing.invoke("channel", data))).hasRootCause(failure);
			// The retry tries it twice
			assertThat(this.calls).hasValue(3);
			this.calls.set(1);
			this.recovers = true;
			assertThat(failing.invoke("channel", data)).isNull();
			this.recovers = false;
		}
	}

	private static Listener proxy(Listener target, Advice[] advices) {
		ProxyFactory factory = new ProxyFactory();
		factory.setInterfaces(Listener.class);
		factory.setTarget(target);
		for (Advice advice : advices) {
			factory.addAdvice(advice);
		}
		return (Listener) factory.getProxy();
	}

	private Advice[] advices(Supplier<MessageSpans> spans, Supplier<Redeliveries> redeliveries) {
		Advice retry = RetryInterceptorBuilder.stateless()
			.maxRetries(1)
			.backOffOptions(1, 1, 1)
			.recoverer(new Recoverer())
			.build();
		return new ListenerAdvices(new FaultGuard("the test"), spans, redeliveries, () -> {
			throw new IllegalStateException("no containers");
		}).addTo(new Advice[] { retry });
	}

	private void run(Consumer<InstrumentationTracers> test) {
		this.faults.runner().run((context) -> test.accept(context.getBean(InstrumentationTracers.class)));
	}

	private static Redeliveries redeliveries(InstrumentationTracers tracers) {
		return new Redeliveries(tracers, new RabbitTracingProperties(true, 3, Duration.ofHours(1)),
				InstantSource.fixed(Instant.EPOCH));
	}

	private static Message message() {
		MessageProperties properties = new MessageProperties();
		properties.setConsumerQueue("tasks");
		properties.setReceivedExchange("");
		properties.setReceivedRoutingKey("tasks");
		properties.setMessageId("1");
		properties.setRedelivered(true);
		properties.setHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
		return new Message(new byte[0], properties);
	}

	@FunctionalInterface
	interface Listener {

		Object invoke(Object channel, Object data);

	}

	private final class Recoverer implements MessageBatchRecoverer {

		@Override
		public void recover(Message message, Throwable cause) {
			recover(List.of(message), cause);
		}

		@Override
		public void recover(List<Message> messages, Throwable cause) {
			if (!ListenerFaultsTests.this.recovers) {
				throw new AmqpRejectAndDontRequeueException(cause);
			}
		}

	}

}
