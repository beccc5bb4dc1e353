package io.hindspan.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Counts the admin clients of an application, each of which makes one of these.
 */
public final class CountedAdmins implements MetricsReporter {

	static final String PROPERTY = "--spring.kafka.admin.properties.metric.reporters=" + CountedAdmins.class.getName();

	static final AtomicInteger COUNT = new AtomicInteger();

	@Override
	public void init(List<KafkaMetric> metrics) {
		COUNT.incrementAndGet();
	}

	@Override
	public void configure(Map<String, ?> configs) {
	}

	@Override
	public void metricChange(KafkaMetric metric) {
	}

	@Override
	public void metricRemoval(KafkaMetric metric) {
	}

	@Override
	public void close() {
	}

}
