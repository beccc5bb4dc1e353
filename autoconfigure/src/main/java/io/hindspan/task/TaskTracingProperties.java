package io.hindspan.task;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of work on other threads.
 *
 * @param enabled whether the trace goes on on the threads of executors, schedulers and
 * Reactor, and scheduled and asynchronous methods have spans
 * @param asyncSpans whether each call of a method with {@code @Async} has a span of its
 * own, from the start of its work to the end
 * @param excludedExecutors the names of executor and scheduler beans to leave as they are
 */
@ConfigurationProperties("hindspan.task")
record TaskTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean asyncSpans,
		@DefaultValue Set<String> excludedExecutors) {

	TaskTracingProperties {
		excludedExecutors = Set.copyOf(excludedExecutors);
	}

}
