package io.hindspan.rabbit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Redeliveries}.
 */
class RedeliveriesTests {

	private static final Throwable FAILURE = new IllegalStateException("no task");

	private static final String REASON = IllegalStateException.class.getName();

	private long deliveryTag = 1;

	private Instant now = Instant.parse("2026-01-01T00:00:00Z");

	@Test
	void firstDeliveryIsNone() {
		run((redeliveries) -> assertThat(redeliveries.of(message(1, false))).isNull());
	}

	@Test
	void countsWhatFailedHere() {
		run((redeliveries) -> {
			redeliveries.failed(message(1, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			Redelivery second = redeliveries.of(message(1, true));
			assertThat(second).extracting(Redelivery::attempt, Redelivery::reason, Redelivery::startsTrace)
				.containsExactly(2L, REASON, false);
			redeliveries.failed(message(1, true), second, null, FAILURE);
			Redelivery third = redeliveries.of(message(1, true));
			assertThat(third.attempt()).isEqualTo(3);
			redeliveries.succeeded(third);
			assertThat(redeliveries.of(message(1, true)).attempt()).isZero();
		});
	}

	@Test
	void whatFailedElsewhereHasNoNumberAtFirst() {
		run((redeliveries) -> {
			Redelivery delivery = redeliveries.of(message(1, true));
			assertThat(delivery).extracting(Redelivery::attempt, Redelivery::reason, Redelivery::startsTrace)
				.containsExactly(0L, "redelivered", false);
			redeliveries.failed(message(1, true), delivery, DeliveryOutcome.REQUEUE, FAILURE);
			assertThat(redeliveries.of(message(1, true)).attempt()).isEqualTo(3);
		});
	}

	@Test
	void messagesAreToldFromEachOther() {
		run((redeliveries) -> {
			redeliveries.failed(message(1, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			assertThat(redeliveries.of(message(2, true)).attempt()).isZero();
			Message otherQueue = message(1, true);
			otherQueue.getMessageProperties().setConsumerQueue("other");
			assertThat(redeliveries.of(otherQueue).attempt()).isZero();
		});
	}

	@Test
	void messageWithoutTraceIsKnownByItsId() {
		run((redeliveries) -> {
			redeliveries.failed(anonymous("one", false), null, DeliveryOutcome.REQUEUE, FAILURE);
			assertThat(redeliveries.of(anonymous("one", true)).attempt()).isEqualTo(2);
			redeliveries.failed(anonymous(null, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			assertThat(redeliveries.of(anonymous(null, true)))
				.extracting(Redelivery::attempt, Redelivery::reason, Redelivery::key)
				.containsExactly(0L, "redelivered", null);
		});
	}

	@Test
	void brokersCountGoesFirst() {
		run((redeliveries) -> {
			Message message = message(1, true);
			message.getMessageProperties().setHeader("x-delivery-count", 6);
			assertThat(redeliveries.of(message).attempt()).isEqualTo(7);
		});
	}

	@Test
	void countsDeadLettersOfItsOwnQueue() {
		run((redeliveries) -> {
			Message message = message(1, false);
			message.getMessageProperties()
				.setHeader("x-death", List.of(death("wait", "expired", 3), death("tasks", "rejected", 3)));
			assertThat(redeliveries.of(message))
				.extracting(Redelivery::attempt, Redelivery::reason, Redelivery::startsTrace)
				.containsExactly(4L, "rejected", false);
			message.getMessageProperties().setHeader("x-death", List.of(death("wait", "expired", 3)));
			assertThat(redeliveries.of(message)).isNull();
			message.getMessageProperties().setHeader("x-death", List.of(death("tasks", "expired", 3)));
			assertThat(redeliveries.of(message)).extracting(Redelivery::attempt, Redelivery::reason)
				.containsExactly(0L, "expired");
		});
	}

	@Test
	void headersOfOthersDoNoHarm() {
		run((redeliveries) -> {
			Message message = message(1, false);
			message.getMessageProperties().setHeader("x-death", "yesterday");
			assertThat(redeliveries.of(message)).isNull();
			message.getMessageProperties().setHeader("x-death", List.of("yesterday", Map.of("queue", 4711)));
			assertThat(redeliveries.of(message)).isNull();
			message.getMessageProperties().setHeader("x-death", List.of(Map.of("queue", "tasks", "count", "many")));
			assertThat(redeliveries.of(message).attempt()).isZero();
		});
	}

	@Test
	void manyAttemptsStartATrace() {
		run((redeliveries) -> {
			Message message = message(1, true);
			message.getMessageProperties().setHeader("x-delivery-count", 9);
			assertThat(redeliveries.of(message).startsTrace()).isFalse();
			message.getMessageProperties().setHeader("x-delivery-count", 10);
			assertThat(redeliveries.of(message).startsTrace()).isTrue();
			assertThat(redeliveries.of(message).producer().getSpanId()).isEqualTo("0000000000000001");
		});
	}

	@Test
	void zeroIsNoBound() {
		run(0, Duration.ZERO, (redeliveries) -> {
			redeliveries.failed(message(1, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			this.now = this.now.plus(Duration.ofDays(1));
			Message message = message(1, true);
			message.getMessageProperties().setHeader("x-delivery-count", 1000);
			assertThat(redeliveries.of(message).startsTrace()).isFalse();
		});
	}

	@Test
	void batchIsKnownByItsMessageWithTheMostAttempts() {
		run((redeliveries) -> {
			redeliveries.failed(List.of(message(1, false), message(2, false)), DeliveryOutcome.REQUEUE, FAILURE);
			redeliveries.failed(List.of(message(2, true)), DeliveryOutcome.REQUEUE, FAILURE);
			List<Message> again = List.of(message(3, false), message(1, true), message(2, true));
			assertThat(redeliveries.of(again).attempt()).isEqualTo(3);
			redeliveries.succeeded(again);
			assertThat(redeliveries.of(again).attempt()).isZero();
			assertThat(redeliveries.of(List.of(message(3, false)))).isNull();
		});
	}

	@Test
	void messagesThatWereSentInOneAreOneDelivery() {
		run((redeliveries) -> {
			Message part = message(1, false);
			redeliveries.failed(List.of(part, part, part), DeliveryOutcome.REQUEUE, FAILURE);
			assertThat(redeliveries.of(message(1, true)).attempt()).isEqualTo(2);
		});
	}

	@Test
	void traceThatIsNotKeptIsNotLeft() {
		run((redeliveries) -> {
			Message message = message(1, true);
			message.getMessageProperties()
				.setHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
			message.getMessageProperties().setHeader("x-delivery-count", 10);
			assertThat(redeliveries.of(message).startsTrace()).isFalse();
		});
	}

	@Test
	void ageStartsATrace() {
		run((redeliveries) -> {
			redeliveries.failed(message(1, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			this.now = this.now.plus(Duration.ofHours(1));
			assertThat(redeliveries.of(message(1, true)).startsTrace()).isFalse();
			this.now = this.now.plusMillis(1);
			assertThat(redeliveries.of(message(1, true)).startsTrace()).isTrue();
		});
	}

	@Test
	void anyAgeMayBeTheLimit() {
		run(10, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999), (redeliveries) -> {
			redeliveries.failed(message(1, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			this.now = this.now.plus(Duration.ofDays(1000));
			assertThat(redeliveries.of(message(1, true)).startsTrace()).isFalse();
		});
	}

	@Test
	void ageOfDeadLettersStartsATrace() {
		run((redeliveries) -> {
			Message message = message(1, false);
			message.getMessageProperties().setHeader("x-death", List.of(death("tasks", "rejected", 1)));
			assertThat(redeliveries.of(message).startsTrace()).isFalse();
			this.now = this.now.plus(Duration.ofHours(2));
			assertThat(redeliveries.of(message).startsTrace()).isTrue();
		});
	}

	@Test
	void remembersNoMoreThanItsBound() {
		run((redeliveries) -> {
			for (int i = 1; i <= Redeliveries.MAX_REMEMBERED + 1; i++) {
				redeliveries.failed(message(i, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			}
			assertThat(redeliveries.of(message(1, true)).attempt()).isZero();
			assertThat(redeliveries.of(message(2, true)).attempt()).isEqualTo(2);
		});
	}

	@Test
	void messageThatIsGoneIsForgotten() {
		run((redeliveries) -> {
			redeliveries.failed(message(1, false), null, DeliveryOutcome.REQUEUE, FAILURE);
			redeliveries.failed(message(1, true), redeliveries.of(message(1, true)), DeliveryOutcome.DISCARD, FAILURE);
			assertThat(redeliveries.of(message(1, true)).attempt()).isZero();
		});
	}

	private Map<String, Object> death(String queue, String reason, long count) {
		return Map.of("queue", queue, "reason", reason, "count", count, "time", Date.from(this.now));
	}

	private Message message(int number, boolean redelivered) {
		Message message = anonymous(null, redelivered);
		message.getMessageProperties()
			.setHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-%016x-01".formatted(number));
		return message;
	}

	private Message anonymous(String id, boolean redelivered) {
		MessageProperties properties = new MessageProperties();
		properties.setMessageId(id);
		properties.setConsumerQueue("tasks");
		properties.setRedelivered(redelivered);
		properties.setDeliveryTag(this.deliveryTag++);
		return new Message(new byte[0], properties);
	}

	private void run(Consumer<Redeliveries> test) {
		run(10, Duration.ofHours(1), test);
	}

	private void run(int maxAttempts, Duration maxAge, Consumer<Redeliveries> test) {
		InstantSource clock = () -> this.now;
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
					OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
					MicrometerTracingAutoConfiguration.class, SpanTracingAutoConfiguration.class))
			.run((context) -> test.accept(new Redeliveries(context.getBean(InstrumentationTracers.class),
					new RabbitTracingProperties(true, maxAttempts, maxAge), clock)));
	}

}
