package io.hindspan.rabbit;

import java.util.Arrays;

import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.adapter.AbstractAdaptableMessageListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

import io.hindspan.span.InstrumentationTracers;

/**
 * Has the listeners of annotated methods write the context to their replies, after they
 * are made and before any of their containers starts. What the application has put before
 * its replies stays in place.
 */
final class RabbitReplyContexts implements SmartLifecycle {

	private final ObjectProvider<RabbitListenerEndpointRegistry> registries;

	private final ReplyContext replyContext;

	private volatile boolean running;

	RabbitReplyContexts(ObjectProvider<RabbitListenerEndpointRegistry> registries, InstrumentationTracers tracers) {
		this.registries = registries;
		this.replyContext = new ReplyContext(tracers);
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	@Override
	public void start() {
		this.running = true;
		for (RabbitListenerEndpointRegistry registry : this.registries) {
			registry.getListenerContainers().forEach((container) -> {
				if (container instanceof AbstractMessageListenerContainer own
						&& own.getMessageListener() instanceof AbstractAdaptableMessageListener listener) {
					addTo(listener);
				}
			});
		}
	}

	private void addTo(AbstractAdaptableMessageListener listener) {
		MessagePostProcessor[] present = listener.getBeforeSendReplyPostProcessors();
		if (present == null) {
			listener.setBeforeSendReplyPostProcessors(this.replyContext);
		}
		else if (!Arrays.asList(present).contains(this.replyContext)) {
			MessagePostProcessor[] all = Arrays.copyOf(present, present.length + 1);
			all[present.length] = this.replyContext;
			listener.setBeforeSendReplyPostProcessors(all);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
