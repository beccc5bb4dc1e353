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
 * @param eventSpans which methods with {@code @EventListener} and
 * {@code @TransactionalEventListener} have a span for each event: none, those that run
 * detached from the publisher (on another thread, or in a later phase of the
 * transaction), or all. A listener with {@code @Async} has the span of its call
 * @param runnerSpans whether each run of an ApplicationRunner or CommandLineRunner of the
 * application is a trace, named after the bean
 * @param excludedExecutors the names of executor and scheduler beans to leave as they are
 */
@ConfigurationProperties("hindspan.task")
record TaskTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean asyncSpans,
		@DefaultValue("detached") EventSpans eventSpans, @DefaultValue("true") boolean runnerSpans,
		@DefaultValue Set<String> excludedExecutors) {

	TaskTracingProperties {
		excludedExecutors = Set.copyOf(excludedExecutors);
	}

}
