package io.hindspan.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.CompositeRecordInterceptor;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Tells a container's progress with each record. The application's own interceptor goes
 * on as its delegate.
 */
final class TracingRecordInterceptor extends CompositeRecordInterceptor<Object, Object> {

	private final GuardedDeliveries deliveries;

	private TracingRecordInterceptor(GuardedDeliveries deliveries) {
		this.deliveries = deliveries;
	}

	static RecordInterceptor<Object, Object> around(@Nullable RecordInterceptor<Object, Object> own,
			GuardedDeliveries deliveries) {
		if (own instanceof TracingRecordInterceptor) {
			return own;
		}
		TracingRecordInterceptor interceptor = new TracingRecordInterceptor(deliveries);
		if (own != null) {
			interceptor.addRecordInterceptor(own);
		}
		return interceptor;
	}

	@Override
	public void setupThreadState(Consumer<?, ?> consumer) {
		this.deliveries.tell((deliveries) -> deliveries.records().enter());
		super.setupThreadState(consumer);
	}

	@Override
	public void success(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
		this.deliveries.tell((deliveries) -> deliveries.records().succeeded(KafkaUtils.getConsumerGroupId(), record));
		super.success(record, consumer);
	}

	@Override
	public void failure(ConsumerRecord<Object, Object> record, Exception exception, Consumer<Object, Object> consumer) {
		this.deliveries
			.tell((deliveries) -> deliveries.records().failed(KafkaUtils.getConsumerGroupId(), record, exception));
		super.failure(record, exception, consumer);
	}

	@Override
	public void afterRecord(ConsumerRecord<Object, Object> record, Consumer<Object, Object> consumer) {
		try {
			super.afterRecord(record, consumer);
		}
		finally {
			this.deliveries.tell((deliveries) -> deliveries.records().after(record, consumer));
		}
	}

	@Override
	public void clearThreadState(Consumer<?, ?> consumer) {
		try {
			super.clearThreadState(consumer);
		}
		finally {
			this.deliveries.tell((deliveries) -> deliveries.records().leave());
		}
	}

}
