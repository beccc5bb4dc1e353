package io.hindspan.rabbit;

import java.util.function.Supplier;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;

import io.hindspan.core.FaultGuard;

/**
 * Puts the advices that make spans among those of a container.
 */
final class ListenerAdvices {

	private final FaultGuard guard;

	private final BatchSpans batchSpans;

	private final Supplier<MessageSpans> spans;

	ListenerAdvices(FaultGuard guard, Supplier<MessageSpans> spans, Supplier<Redeliveries> redeliveries,
			Supplier<ListenerContainers> containers) {
		this.guard = guard;
		this.batchSpans = new BatchSpans(guard, spans, redeliveries, containers);
		this.spans = spans;
	}

	/**
	 * Adds what makes spans.
	 * @param advices the advices of the application, or {@code null} for none
	 * @return all advices, the given ones if they make spans already
	 */
	Advice[] addTo(Advice @Nullable [] advices) {
		if (advices == null || advices.length == 0) {
			return new Advice[] { this.batchSpans };
		}
		if (advices[0] instanceof BatchSpans) {
			return advices;
		}
		Advice[] all = new Advice[advices.length + 1];
		all[0] = this.batchSpans;
		for (int i = 0; i < advices.length; i++) {
			all[i + 1] = (advices[i] instanceof StatelessRetryOperationsInterceptor retry)
					? new AttemptSpans(this.guard, retry, this.spans) : advices[i];
		}
		return all;
	}

}
