package io.hindspan.redis;

import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.tracing.Tracing;

/**
 * Gives client resources a tracing.
 */
final class TracedResources {

	private TracedResources() {
	}

	/**
	 * Copies resources. The copy uses the threads of the original and leaves it to the
	 * original to end them.
	 * @param original the resources, which are not changed
	 * @param tracing the tracing of the copy
	 * @return the copy, which need not be shut down
	 */
	static ClientResources copy(ClientResources original, Tracing tracing) {
		ClientResources copy = original.mutate()
			.commandLatencyRecorder(original.commandLatencyRecorder())
			.commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
			.eventExecutorGroup(original.eventExecutorGroup())
			.eventLoopGroupProvider(original.eventLoopGroupProvider())
			.timer(original.timer())
			.tracing(tracing)
			.build();
		if (copy instanceof DefaultClientResources) {
			// All that it would end is shared: this only keeps it from complaining, when
			// it is collected, that nobody has shut it down
			copy.shutdown();
		}
		return copy;
	}

}
