package io.hindspan.rabbit;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.support.converter.MessageConversionException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeliveryOutcome}.
 */
class DeliveryOutcomeTests {

	private static final Exception FAILURE = new IllegalStateException("no task");

	private final AbstractMessageListenerContainer simple = new SimpleMessageListenerContainer();

	private final AbstractMessageListenerContainer direct = new DirectMessageListenerContainer();

	@Test
	void containerDecides() {
		assertThat(DeliveryOutcome.of(FAILURE, this.simple)).isEqualTo(DeliveryOutcome.REQUEUE);
		this.direct.setDefaultRequeueRejected(false);
		assertThat(DeliveryOutcome.of(FAILURE, this.direct)).isEqualTo(DeliveryOutcome.DEAD_LETTER);
	}

	@Test
	void exceptionDecidesBefore() {
		assertThat(DeliveryOutcome.of(new AmqpRejectAndDontRequeueException(FAILURE), this.simple))
			.isEqualTo(DeliveryOutcome.DEAD_LETTER);
		this.direct.setDefaultRequeueRejected(false);
		assertThat(DeliveryOutcome.of(new ImmediateRequeueAmqpException(FAILURE), this.direct))
			.isEqualTo(DeliveryOutcome.REQUEUE);
		assertThat(DeliveryOutcome.of(new ImmediateAcknowledgeAmqpException(FAILURE), this.direct))
			.isEqualTo(DeliveryOutcome.DISCARD);
	}

	@Test
	void acknowledgingByHandDecidesElsewhere() {
		this.simple.setAcknowledgeMode(AcknowledgeMode.MANUAL);
		assertThat(DeliveryOutcome.of(FAILURE, this.simple)).isNull();
		assertThat(DeliveryOutcome.of(new ImmediateAcknowledgeAmqpException(FAILURE), this.simple)).isNull();
		assertThat(DeliveryOutcome.of(new AmqpRejectAndDontRequeueException("no", true, FAILURE), this.simple))
			.isEqualTo(DeliveryOutcome.DEAD_LETTER);
	}

	@Test
	void withoutAcknowledgementTheMessageIsGone() {
		this.simple.setAcknowledgeMode(AcknowledgeMode.NONE);
		assertThat(DeliveryOutcome.of(FAILURE, this.simple)).isEqualTo(DeliveryOutcome.DISCARD);
	}

	@Test
	void errorEndsTheConsumer() {
		assertThat(DeliveryOutcome.of(new AssertionError(), this.simple)).isNull();
	}

	@Test
	void containerThatIsNotKnownDecidesNothing() {
		assertThat(DeliveryOutcome.of(FAILURE, null)).isNull();
		assertThat(DeliveryOutcome.of(new AmqpRejectAndDontRequeueException(FAILURE), null))
			.isEqualTo(DeliveryOutcome.DEAD_LETTER);
		assertThat(DeliveryOutcome.beforeErrorHandler(FAILURE, List.of())).isNull();
	}

	@Test
	void containersOfOneQueueMayDiffer() {
		assertThat(DeliveryOutcome.beforeErrorHandler(FAILURE, List.of(this.simple, this.direct)))
			.isEqualTo(DeliveryOutcome.REQUEUE);
		this.direct.setDefaultRequeueRejected(false);
		assertThat(DeliveryOutcome.beforeErrorHandler(FAILURE, List.of(this.simple, this.direct))).isNull();
	}

	@Test
	void errorHandlerMayDecideOtherwise() {
		assertThat(
				DeliveryOutcome.beforeErrorHandler(new MessageConversionException("no number"), List.of(this.simple)))
			.isNull();
		this.simple.setErrorHandler((failure) -> {
		});
		assertThat(DeliveryOutcome.beforeErrorHandler(FAILURE, List.of(this.simple))).isNull();
		assertThat(DeliveryOutcome.beforeErrorHandler(new ImmediateRequeueAmqpException(FAILURE), List.of(this.simple)))
			.isEqualTo(DeliveryOutcome.REQUEUE);
	}

	@Test
	void isWrittenInLowerCase() {
		assertThat(DeliveryOutcome.DEAD_LETTER).hasToString("dead_letter");
	}

}
