package io.hindspan.httpclient;

import java.io.IOException;

import feign.Client;
import feign.Request;
import feign.Response;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;

/**
 * Makes a CLIENT span of each request, a retry included, until there is a response or
 * none will come, and tells the server of it. Thread-safe.
 */
final class TracedFeignClient implements Client {

	private static final ContextKey<Span> REQUEST = ContextKey.named("hindspan-feign-request");

	private static final Logger logger = LoggerFactory.getLogger(TracedFeignClient.class);

	private final Client client;

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	private final FeignRequestSpan description;

	TracedFeignClient(Client client, InstrumentationTracers tracers, FeignRequestSpan description) {
		this.client = client;
		this.tracers = tracers;
		this.tracer = tracers.get(ClientSpan.SCOPE);
		this.description = description;
	}

	/**
	 * Whether a span is that of the current request.
	 * @param span the span
	 * @return whether it is
	 */
	static boolean isRequest(Span span) {
		return Context.current().get(REQUEST) == span;
	}

	@Override
	public Response execute(Request request, Request.Options options) throws IOException {
		Context parent = Context.current();
		Span span = start(request, parent);
		if (span == null) {
			inject(parent, request);
			return this.client.execute(request, options);
		}
		Context context = this.tracers.contextOf(parent, span).with(REQUEST, span);
		inject(context, request);
		Response response = null;
		Throwable failure = null;
		try (Scope scope = context.makeCurrent()) {
			response = this.client.execute(request, options);
			return response;
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			end(span, context, request, response, failure);
		}
	}

	private @Nullable Span start(Request request, Context parent) {
		try {
			SpanBuilder builder = this.tracer.spanBuilder(this.description.name(request), SpanKind.CLIENT, parent);
			if (!this.tracer.leavesOut(parent)) {
				this.description.attributesAtStart(request, this.tracer.attributes(builder));
			}
			return builder.startSpan();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not start the span of a request", ex);
			return null;
		}
	}

	private void inject(Context context, Request request) {
		try {
			this.tracers.inject(context, request::header);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not write the headers of a request", ex);
		}
	}

	private void end(Span span, Context context, Request request, @Nullable Response response,
			@Nullable Throwable failure) {
		try {
			if (span.isRecording()) {
				this.description.attributesAtEnd(request, response, this.tracer.attributes(span));
				this.description.ending(request, response, span);
				this.tracer.outcome(span, context, this.description.outcome(request, response, failure));
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not describe a request", ex);
		}
		finally {
			span.end();
		}
	}

}
