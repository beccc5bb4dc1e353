package io.hindspan.httpclient;

import java.util.Set;

import feign.Request;
import feign.micrometer.FeignContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanConvention;
import io.hindspan.span.SpanOutcome;

/**
 * Leaves the observations of feign-micrometer to their meters: they do not end where no
 * response comes. Only where {@link FeignTracing} does not take part are they spans.
 */
final class FeignSpanConvention implements SpanConvention<FeignContext> {

	private static final TextMapSetter<Object> NONE = (carrier, key, value) -> {
	};

	/** The key-values of Feign's own convention, all said by attributes. */
	private static final Set<String> COVERED = Set.of("clientName", "error", "http.method", "http.status_code",
			"http.url");

	private final FeignRequestSpan span;

	FeignSpanConvention(FeignRequestSpan span) {
		this.span = span;
	}

	@Override
	public Class<FeignContext> contextType() {
		return FeignContext.class;
	}

	@Override
	public boolean leavesOut(FeignContext context, Span parent) {
		return TracedFeignClient.isRequest(parent);
	}

	/**
	 * The headers are there already.
	 */
	@Override
	public @Nullable TextMapSetter<Object> setter(FeignContext context) {
		return TracedFeignClient.isRequest(Span.current()) ? NONE : null;
	}

	@Override
	public String instrumentationScope() {
		return ClientSpan.SCOPE;
	}

	@Override
	public SpanKind kind(FeignContext context) {
		return SpanKind.CLIENT;
	}

	@Override
	public String nameAtStart(FeignContext context) {
		return this.span.name(request(context));
	}

	@Override
	public void attributesAtStart(FeignContext context, SpanAttributes attributes) {
		this.span.attributesAtStart(request(context), attributes);
	}

	@Override
	public void attributesAtEnd(FeignContext context, SpanAttributes attributes) {
		this.span.attributesAtEnd(request(context), context.getResponse(), attributes);
	}

	@Override
	public void ending(FeignContext context, Span span) {
		this.span.ending(request(context), context.getResponse(), span);
	}

	@Override
	public SpanOutcome outcome(FeignContext context) {
		return this.span.outcome(request(context), context.getResponse(), context.getError());
	}

	private Request request(FeignContext context) {
		Request request = context.getCarrier();
		if (request == null) {
			throw new IllegalStateException("No request in " + context);
		}
		return request;
	}

	@Override
	public boolean covers(String key) {
		return COVERED.contains(key);
	}

}
