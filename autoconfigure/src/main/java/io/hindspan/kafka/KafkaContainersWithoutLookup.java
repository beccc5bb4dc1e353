package io.hindspan.kafka;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Reaches the containers of annotated listeners, which are no beans, after they are made
 * and before any of them starts.
 */
final class KafkaContainersWithoutLookup implements SmartLifecycle {

	private final ObjectProvider<KafkaListenerEndpointRegistry> registries;

	private volatile boolean running;

	KafkaContainersWithoutLookup(ObjectProvider<KafkaListenerEndpointRegistry> registries) {
		this.registries = registries;
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	@Override
	public void start() {
		this.running = true;
		for (KafkaListenerEndpointRegistry registry : this.registries) {
			for (MessageListenerContainer container : registry.getListenerContainers()) {
				if (container instanceof AbstractMessageListenerContainer<?, ?> own) {
					KafkaObservationPostProcessor.preventLookup(own);
				}
			}
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
