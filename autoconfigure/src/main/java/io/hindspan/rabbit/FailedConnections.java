package io.hindspan.rabbit;

import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.amqp.rabbit.support.RabbitExceptionTranslator;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.SpanOutcome;

/**
 * Makes a span of a connection that could not be had, beneath the span that wanted it: a
 * template is observed only once it is connected. A container that tries to connect on
 * its own account is nobody's.
 */
final class FailedConnections implements ConnectionListener {

	private static final Logger logger = LoggerFactory.getLogger(FailedConnections.class);

	private final Supplier<MessageSpans> spans;

	FailedConnections(Supplier<MessageSpans> spans) {
		this.spans = spans;
	}

	@Override
	public void onCreate(Connection connection) {
	}

	@Override
	public void onFailed(Exception exception) {
		Context current = Context.current();
		if (!Span.fromContext(current).isRecording()) {
			return;
		}
		try {
			InstrumentationTracer tracer = this.spans.get().tracer();
			Span span = tracer.spanBuilder("connect", SpanKind.CLIENT, current).startSpan();
			tracer.attributes(span).put(RabbitAttributes.SYSTEM, "rabbitmq");
			String thrown = RabbitExceptionTranslator.convertRabbitAccessException(exception).getClass().getName();
			tracer.outcome(span, current, SpanOutcome.failed(thrown, exception));
			span.end();
		}
		catch (RuntimeException ex) {
			logger.debug("A failed connection could not be told", ex);
		}
	}

}
