package io.hindspan.rabbit;

import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.listener.ListenerExecutionFailedException;

/**
 * What a listener failed with.
 */
final class ListenerFailure {

	private ListenerFailure() {
	}

	/**
	 * Takes off what Spring AMQP wraps a failure in: to say that a listener threw it, and
	 * to say what becomes of the message.
	 * @param thrown what reached the container
	 * @return what the listener threw
	 */
	static Throwable of(Throwable thrown) {
		Throwable failure = thrown;
		while (isWrapper(failure) && failure.getCause() != null) {
			failure = failure.getCause();
		}
		return failure;
	}

	private static boolean isWrapper(Throwable thrown) {
		return thrown instanceof ListenerExecutionFailedException || thrown instanceof AmqpRejectAndDontRequeueException
				|| thrown instanceof ImmediateRequeueAmqpException
				|| thrown instanceof ImmediateAcknowledgeAmqpException;
	}

}
