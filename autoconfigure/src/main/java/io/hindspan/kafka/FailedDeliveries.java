package io.hindspan.kafka;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the record that failed last in each partition, until another one of that
 * partition is delivered: where the same one is, it is tried again. Thread-safe.
 */
final class FailedDeliveries {

	private final ConcurrentMap<Place, Failure> failures = new ConcurrentHashMap<>();

	/**
	 * The failure of the same record when it was delivered before.
	 * @param group the consumer group, or {@code null} for none
	 * @param record the record that is delivered now
	 * @return the failure, or {@code null} if there is none
	 */
	@Nullable Failure before(@Nullable String group, ConsumerRecord<?, ?> record) {
		if (this.failures.isEmpty()) {
			return null;
		}
		Place place = Place.of(group, record);
		Failure failure = this.failures.get(place);
		if (failure != null && failure.offset() != record.offset()) {
			this.failures.remove(place, failure);
			return null;
		}
		return failure;
	}

	/**
	 * Notes that a delivery has failed.
	 * @param group the consumer group, or {@code null} for none
	 * @param record the record
	 * @param reason what its listener threw
	 */
	void failed(@Nullable String group, ConsumerRecord<?, ?> record, Throwable reason) {
		String type = ListenerFailures.thrownByListener(reason).getClass().getName();
		this.failures.compute(Place.of(group, record), (place, before) -> {
			boolean again = before != null && before.offset() == record.offset();
			return new Failure(record.offset(), again ? before.count() + 1 : 1, type);
		});
	}

	/**
	 * Notes that a delivery has succeeded, or that its failure has been settled.
	 * @param group the consumer group, or {@code null} for none
	 * @param record the record
	 */
	void settled(@Nullable String group, ConsumerRecord<?, ?> record) {
		if (!this.failures.isEmpty()) {
			this.failures.remove(Place.of(group, record));
		}
	}

	private record Place(@Nullable String group, String topic, int partition) {

		static Place of(@Nullable String group, ConsumerRecord<?, ?> record) {
			return new Place(group, record.topic(), record.partition());
		}

	}

	/**
	 * What is known of a record that has failed.
	 *
	 * @param offset its offset
	 * @param count how often it has failed in a row
	 * @param reason the class of the exception
	 */
	record Failure(long offset, long count, String reason) {

	}

}
