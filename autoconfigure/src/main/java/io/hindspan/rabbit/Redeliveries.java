package io.hindspan.rabbit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

import io.hindspan.span.InstrumentationTracers;

/**
 * Tells the deliveries of a message from each other. A broker counts those of a quorum
 * queue and those that were dead-lettered; of a classic queue it only says that a
 * delivery is not the first. What failed here is therefore remembered, as long as it is
 * among the last {@value #MAX_REMEMBERED} messages that did. Thread-safe.
 *
 * @see <a href="https://www.rabbitmq.com/docs/dlx#effects">Effects of dead-lettering on
 * messages</a>
 * @see <a href="https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling">
 * Poison message handling</a>
 */
final class Redeliveries {

	static final int MAX_REMEMBERED = 1000;

	private static final String DEATHS = "x-death";

	private static final String DELIVERY_COUNT = "x-delivery-count";

	private static final String REDELIVERED = "redelivered";

	private final Map<String, Failures> remembered = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
			return size() > MAX_REMEMBERED;
		}

	};

	private final InstrumentationTracers tracers;

	private final long maxAttempts;

	private final Duration maxAge;

	private final InstantSource clock;

	Redeliveries(InstrumentationTracers tracers, RabbitTracingProperties properties, InstantSource clock) {
		this.tracers = tracers;
		this.maxAttempts = properties.maxAttemptsInTrace();
		this.maxAge = properties.maxAgeInTrace();
		this.clock = clock;
	}

	/**
	 * What is known of a delivery.
	 * @param message the message as it was delivered
	 * @return what is known, or {@code null} for the first delivery
	 */
	@Nullable Redelivery of(Message message) {
		MessageProperties properties = message.getMessageProperties();
		boolean redelivered = Boolean.TRUE.equals(properties.isRedelivered());
		Deaths deaths = Deaths.in(properties);
		if (!redelivered && deaths == null) {
			return null;
		}
		SpanContext producer = producer(message);
		String key = key(producer, properties);
		Failures failures = recall(key);
		long requeues = (failures != null) ? failures.requeues : 0;
		if (redelivered && properties.getHeaders().get(DELIVERY_COUNT) instanceof Number count) {
			requeues = count.longValue();
		}
		long before = requeues + ((deaths != null) ? deaths.rejected : 0);
		String reason = (failures != null) ? failures.reason
				: redelivered ? REDELIVERED : (deaths != null) ? deaths.reason : null;
		Instant since = earlier((failures != null) ? failures.since : null, (deaths != null) ? deaths.since : null);
		long attempt = (before > 0) ? before + 1 : 0;
		return new Redelivery(key, producer, attempt, reason, producer.isSampled() && isTooMany(attempt, since),
				DeliveryOutcome.traceOfRepublishing(message));
	}

	/**
	 * What is known of a batch: of its message with the most attempts.
	 * @param messages the messages as they were delivered
	 * @return what is known, or {@code null} where no message was delivered before
	 */
	@Nullable Redelivery of(List<Message> messages) {
		Redelivery most = null;
		for (Message message : deliveries(messages)) {
			Redelivery delivery = of(message);
			if (delivery != null && (most == null || delivery.attempt() > most.attempt())) {
				most = delivery;
			}
		}
		return most;
	}

	/**
	 * Messages that were sent in one are one delivery.
	 */
	private static List<Message> deliveries(List<Message> messages) {
		List<Message> deliveries = new ArrayList<>(messages.size());
		long last = -1;
		for (Message message : messages) {
			long tag = message.getMessageProperties().getDeliveryTag();
			if (tag != last) {
				deliveries.add(message);
			}
			last = tag;
		}
		return deliveries;
	}

	private boolean isTooMany(long attempt, @Nullable Instant since) {
		if (this.maxAttempts > 0 && attempt > this.maxAttempts) {
			return true;
		}
		return since != null && !this.maxAge.isZero()
				&& Duration.between(since, this.clock.instant()).compareTo(this.maxAge) > 0;
	}

	/**
	 * Remembers that a delivery failed.
	 * @param message the message as it was delivered
	 * @param delivery what was known of the delivery, or {@code null} for the first one
	 * @param outcome what becomes of the message, or {@code null} if not known
	 * @param failure what the listener threw
	 */
	void failed(Message message, @Nullable Redelivery delivery, @Nullable DeliveryOutcome outcome, Throwable failure) {
		String key = (delivery != null) ? delivery.key() : key(producer(message), message.getMessageProperties());
		if (key == null) {
			return;
		}
		synchronized (this.remembered) {
			if (outcome == DeliveryOutcome.REPUBLISH || outcome == DeliveryOutcome.DISCARD) {
				this.remembered.remove(key);
				return;
			}
			Failures before = this.remembered.get(key);
			long requeues = (before != null) ? before.requeues : (delivery != null && delivery.attempt() == 0) ? 1 : 0;
			Instant since = (before != null) ? before.since : this.clock.instant();
			this.remembered.put(key, new Failures((outcome != DeliveryOutcome.DEAD_LETTER) ? requeues + 1 : requeues,
					failure.getClass().getName(), since));
		}
	}

	/**
	 * Remembers that a batch failed.
	 * @param messages the messages as they were delivered
	 * @param outcome what becomes of them, or {@code null} if not known
	 * @param failure what the listener threw
	 */
	void failed(List<Message> messages, @Nullable DeliveryOutcome outcome, Throwable failure) {
		for (Message message : deliveries(messages)) {
			failed(message, of(message), outcome, failure);
		}
	}

	/**
	 * Forgets the messages of a batch of which some failed and now have not.
	 * @param messages the messages as they were delivered
	 */
	void succeeded(List<Message> messages) {
		for (Message message : deliveries(messages)) {
			Redelivery delivery = of(message);
			if (delivery != null) {
				succeeded(delivery);
			}
		}
	}

	/**
	 * Forgets a message that failed and now has not.
	 * @param delivery what was known of the delivery
	 */
	void succeeded(Redelivery delivery) {
		if (delivery.key() != null) {
			synchronized (this.remembered) {
				this.remembered.remove(delivery.key());
			}
		}
	}

	private @Nullable Failures recall(@Nullable String key) {
		if (key == null) {
			return null;
		}
		synchronized (this.remembered) {
			return this.remembered.get(key);
		}
	}

	private SpanContext producer(Message message) {
		return Span
			.fromContext(this.tracers.extract(Context.root(), (header) -> HeaderGetter.INSTANCE.get(message, header)))
			.getSpanContext();
	}

	/**
	 * The span that sent a message is another one for each message, except that batches
	 * and applications without tracing have one or none for several.
	 */
	private static @Nullable String key(SpanContext producer, MessageProperties properties) {
		String id = (properties.getMessageId() != null) ? properties.getMessageId() : properties.getCorrelationId();
		if (!producer.isValid() && id == null) {
			return null;
		}
		return properties.getConsumerQueue() + ' ' + producer.getTraceId() + ' ' + producer.getSpanId() + ' ' + id;
	}

	private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
		return (one == null || (other != null && other.isBefore(one))) ? other : one;
	}

	/**
	 * How a message has failed here.
	 *
	 * @param requeues how often it was put back into its queue
	 * @param reason the type of the last failure
	 * @param since when it failed first
	 */
	private record Failures(long requeues, String reason, Instant since) {

	}

	/**
	 * How often a message was dead-lettered from the queue that it now comes from.
	 *
	 * @param rejected how often after an attempt
	 * @param reason the broker's reason of the last time
	 * @param since when it was first, or {@code null} if not told
	 */
	private record Deaths(long rejected, String reason, @Nullable Instant since) {

		private static final String REJECTED = "rejected";

		static @Nullable Deaths in(MessageProperties properties) {
			if (!(properties.getHeaders().get(DEATHS) instanceof Collection<?> deaths)) {
				return null;
			}
			long rejected = 0;
			String reason = null;
			Instant since = null;
			for (Object death : deaths) {
				// The newest comes first
				if (death instanceof Map<?, ?> entry
						&& String.valueOf(entry.get("queue")).equals(properties.getConsumerQueue())) {
					String entryReason = String.valueOf(entry.get("reason"));
					reason = (reason != null) ? reason : entryReason;
					if (REJECTED.equals(entryReason) && entry.get("count") instanceof Number count) {
						rejected += count.longValue();
					}
					since = earlier(since, (entry.get("time") instanceof Date time) ? time.toInstant() : null);
				}
			}
			return (reason != null) ? new Deaths(rejected, reason, since) : null;
		}

	}

}
