package io.hindspan.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.CompositeBatchInterceptor;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Tells a container's progress with each batch. The application's own interceptor goes on
 * as its delegate, and goes first: what it leaves out or fails for is not delivered.
 */
final class TracingBatchInterceptor extends CompositeBatchInterceptor<Object, Object> {

	private final GuardedDeliveries deliveries;

	private TracingBatchInterceptor(GuardedDeliveries deliveries) {
		this.deliveries = deliveries;
	}

	static BatchInterceptor<Object, Object> around(@Nullable BatchInterceptor<Object, Object> own,
			GuardedDeliveries deliveries) {
		if (own instanceof TracingBatchInterceptor) {
			return own;
		}
		TracingBatchInterceptor interceptor = new TracingBatchInterceptor(deliveries);
		if (own != null) {
			interceptor.addBatchInterceptor(own);
		}
		return interceptor;
	}

	@Override
	public @Nullable ConsumerRecords<Object, Object> intercept(ConsumerRecords<Object, Object> records,
			Consumer<Object, Object> consumer) {
		ConsumerRecords<Object, Object> delivered = super.intercept(records, consumer);
		if (delivered != null && !delivered.isEmpty()) {
			this.deliveries
				.tell((deliveries) -> deliveries.batches().begin(delivered, KafkaUtils.getConsumerGroupId(), consumer));
		}
		return delivered;
	}

	@Override
	public void success(ConsumerRecords<Object, Object> records, Consumer<Object, Object> consumer) {
		try {
			super.success(records, consumer);
		}
		finally {
			this.deliveries
				.tell((deliveries) -> deliveries.batches().succeeded(KafkaUtils.getConsumerGroupId(), records));
		}
	}

	@Override
	public void failure(ConsumerRecords<Object, Object> records, Exception exception,
			Consumer<Object, Object> consumer) {
		try {
			super.failure(records, exception, consumer);
		}
		finally {
			this.deliveries
				.tell((deliveries) -> deliveries.batches().failed(KafkaUtils.getConsumerGroupId(), records, exception));
		}
	}

	@Override
	public void clearThreadState(Consumer<?, ?> consumer) {
		try {
			super.clearThreadState(consumer);
		}
		finally {
			this.deliveries.tell((deliveries) -> deliveries.batches().leave(KafkaUtils.getConsumerGroupId(), consumer));
		}
	}

}
