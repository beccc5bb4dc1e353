package io.hindspan.kafka;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Stands where an observed template or container would put the application's admin, only
 * to ask the broker for the cluster's id before the first record: under a lock, on the
 * caller's thread, for half a minute if there is no broker or no permission. No span
 * tells the cluster's id.
 */
final class NoClusterLookup extends KafkaAdmin {

	NoClusterLookup() {
		super(Map.of());
	}

	@Override
	public @Nullable String clusterId() {
		return null;
	}

}
