package io.hindspan.rabbit;

import java.util.List;
import java.util.Locale;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.listener.ConditionalRejectingErrorHandler;
import org.springframework.amqp.listener.ContainerUtils;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.retry.RepublishMessageRecoverer;
import org.springframework.amqp.support.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;

/**
 * What becomes of a message whose listener has failed, as the container decides it.
 */
enum DeliveryOutcome {

	/** It goes back to its queue. */
	REQUEUE,

	/** It is rejected: the broker dead-letters it where the queue says so. */
	DEAD_LETTER,

	/** A {@link RepublishMessageRecoverer} has sent it elsewhere. */
	REPUBLISH,

	/** It is acknowledged all the same. */
	DISCARD;

	static final String REQUEUE_REJECTED = "defaultRequeueRejected";

	static final String FATAL_STRATEGY = "errorHandler.exceptionStrategy";

	private static final Log logger = LogFactory.getLog(DeliveryOutcome.class);

	/**
	 * Decides as the container does with what its error handler has left.
	 * @param thrown what the container acts on
	 * @param container the container, or {@code null} if not known
	 * @return the outcome, or {@code null} where it is not known
	 */
	static @Nullable DeliveryOutcome of(Throwable thrown, @Nullable AbstractMessageListenerContainer container) {
		if (!(thrown instanceof Exception)) {
			return null;
		}
		if (container == null) {
			return decided(thrown);
		}
		if (container.getAcknowledgeMode() == AcknowledgeMode.MANUAL && !ContainerUtils.isRejectManual(thrown)) {
			return null;
		}
		if (container.getAcknowledgeMode() == AcknowledgeMode.NONE || ContainerUtils.isImmediateAcknowledge(thrown)) {
			return DISCARD;
		}
		return (FieldReader.read(container, REQUEUE_REJECTED) instanceof Boolean requeue)
				? (ContainerUtils.shouldRequeue(requeue, thrown, logger) ? REQUEUE : DEAD_LETTER) : decided(thrown);
	}

	/**
	 * Decides before the error handler has seen the failure, which may decide otherwise.
	 * @param thrown what the listener threw
	 * @param containers the containers that it can come from
	 * @return the outcome, or {@code null} where it is not known
	 */
	static @Nullable DeliveryOutcome beforeErrorHandler(Throwable thrown,
			List<AbstractMessageListenerContainer> containers) {
		if (containers.isEmpty()) {
			return of(thrown, null);
		}
		DeliveryOutcome common = null;
		for (AbstractMessageListenerContainer container : containers) {
			DeliveryOutcome outcome = (decided(thrown) != null || leavesAlone(container, thrown))
					? of(thrown, container) : null;
			if (outcome == null || (common != null && outcome != common)) {
				return null;
			}
			common = outcome;
		}
		return common;
	}

	/**
	 * Whether the error handler is Spring's own and does not find the failure fatal. To
	 * ask it would write to the log.
	 */
	private static boolean leavesAlone(AbstractMessageListenerContainer container, Throwable thrown) {
		Object strategy = FieldReader.read(container, FATAL_STRATEGY);
		if (strategy == null
				|| strategy.getClass() != ConditionalRejectingErrorHandler.DefaultExceptionStrategy.class) {
			return false;
		}
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof MessageConversionException
					|| cause instanceof org.springframework.messaging.converter.MessageConversionException
					|| cause instanceof MethodArgumentResolutionException || cause instanceof NoSuchMethodException
					|| cause instanceof ClassCastException) {
				return false;
			}
		}
		return true;
	}

	private static @Nullable DeliveryOutcome decided(Throwable thrown) {
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof AmqpRejectAndDontRequeueException) {
				return DEAD_LETTER;
			}
			if (cause instanceof ImmediateRequeueAmqpException) {
				return REQUEUE;
			}
			if (cause instanceof ImmediateAcknowledgeAmqpException) {
				return DISCARD;
			}
		}
		return null;
	}

	/**
	 * What a {@link RepublishMessageRecoverer} leaves in a message, another object each
	 * time.
	 * @param message the message
	 * @return the trace of it, or {@code null} if there is none
	 */
	static @Nullable Object traceOfRepublishing(Message message) {
		return message.getMessageProperties().getHeaders().get(RepublishMessageRecoverer.X_EXCEPTION_STACKTRACE);
	}

	/**
	 * The outcome of a message that was acknowledged though it failed.
	 * @param message the message
	 * @param traceBefore the {@linkplain #traceOfRepublishing trace} before
	 * @return the outcome
	 */
	static DeliveryOutcome recovered(Message message, @Nullable Object traceBefore) {
		return (traceOfRepublishing(message) != traceBefore) ? REPUBLISH : DISCARD;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
