package io.hindspan.mail;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.mail.MailSendException;
import org.springframework.mail.MailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.util.ClassUtils;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * Makes a CLIENT span of each call that sends mail. Who it is from and to, what it is
 * about, and the text of the exception, which quotes addresses, stay out of it.
 */
final class SendInterceptor implements MethodInterceptor {

	private static final String INSTRUMENTATION_SCOPE = "io.hindspan.mail";

	private static final boolean JAVA_MAIL = ClassUtils.isPresent("jakarta.mail.internet.MimeMessage",
			SendInterceptor.class.getClassLoader());

	private static final Logger logger = LoggerFactory.getLogger(SendInterceptor.class);

	private final ObjectProvider<InstrumentationTracers> tracers;

	private final MailSender sender;

	SendInterceptor(ObjectProvider<InstrumentationTracers> tracers, MailSender sender) {
		this.tracers = tracers;
		this.sender = sender;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		InstrumentationTracers tracers = this.tracers.getIfAvailable();
		Context parent = Context.current();
		if (tracers == null) {
			return invocation.proceed();
		}
		InstrumentationTracer tracer = tracers.get(INSTRUMENTATION_SCOPE);
		if (tracer.leavesOut(parent)) {
			return invocation.proceed();
		}
		Span span = start(tracer, parent, invocation.getArguments());
		try (Scope scope = tracers.contextOf(parent, span).makeCurrent()) {
			return invocation.proceed();
		}
		catch (Throwable ex) {
			fail(tracer, span, parent, ex);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	private Span start(InstrumentationTracer tracer, Context parent, @Nullable Object[] arguments) {
		try {
			String protocol = null;
			String address = null;
			int port = -1;
			if (JAVA_MAIL && this.sender instanceof JavaMailSenderImpl javaMail) {
				protocol = javaMail.getProtocol();
				address = javaMail.getHost();
				port = javaMail.getPort();
			}
			SpanBuilder builder = tracer.spanBuilder("send mail", SpanKind.CLIENT, parent);
			SpanAttributes attributes = tracer.attributes(builder);
			attributes
				.put(MailAttributes.PROTOCOL,
						(protocol == null && address != null) ? JavaMailSenderImpl.DEFAULT_PROTOCOL : protocol)
				.put(MailAttributes.SERVER_ADDRESS, address);
			if (port > 0) {
				attributes.put(MailAttributes.SERVER_PORT, port);
			}
			if (arguments.length > 0 && arguments[0] instanceof Object[] messages) {
				attributes.put(MailAttributes.MESSAGES, messages.length);
			}
			return builder.startSpan();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not start the span of a mail", ex);
			return Span.getInvalid();
		}
	}

	private static void fail(InstrumentationTracer tracer, Span span, Context parent, Throwable failure) {
		if (failure instanceof MailSendException ex && !ex.getFailedMessages().isEmpty()) {
			tracer.attributes(span).put(MailAttributes.FAILED, ex.getFailedMessages().size());
		}
		tracer.outcome(span, parent, SpanOutcome.failed(failure.getClass().getName(), null));
	}

}
