package io.hindspan.sampling.tail;

import org.springframework.context.ApplicationContext;

/**
 * Lets the simulation look into the buffer of an application.
 */
public final class TailWatch {

	private final TailBuffer buffer;

	private TailWatch(TailBuffer buffer) {
		this.buffer = buffer;
	}

	public static TailWatch of(ApplicationContext context) {
		return new TailWatch(context.getBean(TailSamplingProcessor.class).buffer());
	}

	/** What waiting spans take. */
	public long bytes() {
		return this.buffer.bytes();
	}

	/** The number of waiting spans. */
	public long spans() {
		return this.buffer.spans();
	}

	/** The spans that were given up for room. */
	public long spansGivenUp() {
		return this.buffer.statistics().spansGivenUp();
	}

	/** The spans that ended after their trace was dropped. */
	public long lateSpans() {
		return this.buffer.statistics().lateSpans();
	}

}
