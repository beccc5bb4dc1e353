package io.hindspan.propagation;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Carries the identity of a span in AWS X-Ray's header. A header without a span, as a
 * load balancer writes it, counts as none, and so does one that is longer than
 * {@value #MAX_LENGTH} characters; one that leaves the decision open counts as not
 * sampled. X-Ray takes trace ids that are not made of the time since 2023. Immutable.
 *
 * @see <a href=
 * "https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader">Tracing
 * header</a>
 */
final class XRayPropagator implements TextMapPropagator {

	static final String HEADER = "X-Amzn-Trace-Id";

	static final int MAX_LENGTH = 512;

	private static final String ROOT = "Root=";

	private static final String PARENT = "Parent=";

	private static final String SAMPLED = "Sampled=";

	private static final String VERSION = "1-";

	private static final int TIME_LENGTH = 8;

	@Override
	public Collection<String> fields() {
		return List.of(HEADER);
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		SpanContext span = Span.fromContext(context).getSpanContext();
		if (span.isValid()) {
			String traceId = span.getTraceId();
			setter.set(carrier, HEADER,
					ROOT + VERSION + traceId.substring(0, TIME_LENGTH) + '-' + traceId.substring(TIME_LENGTH) + ';'
							+ PARENT + span.getSpanId() + ';' + SAMPLED + (span.isSampled() ? '1' : '0'));
		}
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		String header = new BoundedGetter<>(getter, MAX_LENGTH).get(carrier, HEADER);
		if (header == null) {
			return context;
		}
		String traceId = null;
		String spanId = null;
		TraceFlags flags = TraceFlags.getDefault();
		for (String field : header.split(";")) {
			String text = field.strip();
			if (text.startsWith(ROOT)) {
				traceId = traceId(text.substring(ROOT.length()));
			}
			else if (text.startsWith(PARENT)) {
				spanId = text.substring(PARENT.length());
			}
			else if (text.equals(SAMPLED + '1')) {
				flags = TraceFlags.getSampled();
			}
		}
		if (traceId == null || spanId == null || !TraceId.isValid(traceId) || !SpanId.isValid(spanId)) {
			return context;
		}
		return context
			.with(Span.wrap(SpanContext.createFromRemoteParent(traceId, spanId, flags, TraceState.getDefault())));
	}

	/**
	 * The trace id of {@code 1-5759e988-bd862e3fe1be46a994272793}.
	 */
	private static @Nullable String traceId(String root) {
		int dash = VERSION.length() + TIME_LENGTH;
		if (!root.startsWith(VERSION) || root.length() != dash + 1 + TraceId.getLength() - TIME_LENGTH
				|| root.charAt(dash) != '-') {
			return null;
		}
		return root.substring(VERSION.length(), dash) + root.substring(dash + 1);
	}

	@Override
	public String toString() {
		return "X-Ray";
	}

}
