package io.hindspan.rabbit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.core.MessageProperties;

import io.hindspan.span.InstrumentationTracers;

/**
 * Writes the context of a listener's span to the reply that the listener returns, which
 * no template sends and which has no span of its own.
 */
final class ReplyContext implements MessagePostProcessor {

	private final InstrumentationTracers tracers;

	ReplyContext(InstrumentationTracers tracers) {
		this.tracers = tracers;
	}

	@Override
	public Message postProcessMessage(Message message) {
		Context context = Context.current();
		SpanContext spanContext = Span.fromContext(context).getSpanContext();
		if (spanContext.isValid()) {
			MessageProperties properties = message.getMessageProperties();
			RabbitSenderConvention.removeStaleState(properties, spanContext);
			this.tracers.inject(context, properties::setHeader);
		}
		return message;
	}

}
