package io.hindspan.kafka;

import org.springframework.kafka.retrytopic.DestinationTopic;

/**
 * A topic of a listener whose records are tried again by topics.
 *
 * @param retries whether it holds records for a further attempt
 * @param deadLetter whether it holds records that are not tried again
 * @param maxAttempts how often a record is tried, 0 if not known
 */
record RetryTopic(boolean retries, boolean deadLetter, long maxAttempts) {

	static RetryTopic of(DestinationTopic topic) {
		boolean deadLetter = topic.isDltTopic();
		boolean retries = !deadLetter && !topic.isMainTopic() && !topic.isNoOpsTopic();
		return new RetryTopic(retries, deadLetter, MaxAttempts.of(topic));
	}

}
