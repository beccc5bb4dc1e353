package io.hindspan.propagation;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.Verdict;

/**
 * What a called service says in its response of the trace that the call belongs to: one
 * that keeps its part has its caller keep his, if it is trusted. Thread-safe.
 *
 * @see <a href="https://w3c.github.io/trace-context/#traceresponse-header">the
 * traceresponse header</a>
 */
public final class CalleeVerdict {

	/** The name of the header. */
	public static final String TRACE_RESPONSE = "traceresponse";

	/** Why a caller keeps its part. */
	static final String REASON = "callee";

	private static final int LENGTH = 55;

	private static final int TRACE_ID = 3;

	private static final int SPAN_ID = 36;

	private static final int FLAGS = 53;

	private final LongAdder untrusted = new LongAdder();

	private final LongAdder beyondLimit = new LongAdder();

	private final TrustList trustedHosts;

	private final Supplier<@Nullable PromotionLimit> limit;

	CalleeVerdict(TrustList trustedHosts, Supplier<@Nullable PromotionLimit> limit) {
		this.trustedHosts = trustedHosts;
		this.limit = limit;
	}

	/**
	 * Keeps the caller's part of the trace if the called service keeps its own. A header
	 * that is malformed, or tells of another trace, tells nothing.
	 * @param caller the span of the call
	 * @param host the name or the address of the called service, or {@code null} if it is
	 * not known
	 * @param header the value of {@value #TRACE_RESPONSE}, or {@code null} if there is
	 * none
	 */
	public void heard(SpanContext caller, @Nullable String host, @Nullable String header) {
		if (header == null || caller.isSampled()) {
			return;
		}
		Verdict verdict = Verdict.of(caller);
		if (verdict == null || verdict.isKept() || verdict.isDropped() || !isSampled(header, caller.getTraceId())) {
			return;
		}
		PromotionLimit limit = this.limit.get();
		if (!this.trustedHosts.hasHost(host)) {
			this.untrusted.increment();
		}
		else if (limit != null && !limit.allowsOneMore()) {
			this.beyondLimit.increment();
		}
		else {
			verdict.keep(REASON);
		}
	}

	/**
	 * What a called service says in its response: which span it is, and whether it keeps
	 * its part of the trace, as far as that is known.
	 * @param callee the span of the called service, which is valid
	 * @return the value of {@value #TRACE_RESPONSE}
	 */
	public static String of(SpanContext callee) {
		TraceFlags flags = callee.getTraceFlags();
		String told = Verdict.isKept(callee)
				? TraceFlags.fromByte((byte) (flags.asByte() | TraceFlags.getSampled().asByte())).asHex()
				: flags.asHex();
		return "00-" + callee.getTraceId() + "-" + callee.getSpanId() + "-" + told;
	}

	/**
	 * Whether a value tells of a span, kept or not.
	 * @param header the value of {@value #TRACE_RESPONSE}
	 * @param callee the span, which is valid
	 * @return {@code true} if it does
	 */
	public static boolean isOf(String header, SpanContext callee) {
		return header.regionMatches(0, of(callee), 0, FLAGS);
	}

	private static boolean isSampled(String header, String traceId) {
		if (header.length() != LENGTH || !header.startsWith("00-") || header.charAt(SPAN_ID - 1) != '-'
				|| header.charAt(FLAGS - 1) != '-') {
			return false;
		}
		int flags = Character.digit(header.charAt(FLAGS + 1), 16);
		return header.startsWith(traceId, TRACE_ID) && Character.digit(header.charAt(FLAGS), 16) >= 0 && flags >= 0
				&& (flags & 1) == 1;
	}

	/**
	 * How many times a service that is not trusted would have had a trace kept.
	 * @return the count since the start
	 */
	public long untrusted() {
		return this.untrusted.sum();
	}

	/**
	 * How many times a trace would have been kept, had there not been too many in that
	 * second.
	 * @return the count since the start
	 */
	public long beyondLimit() {
		return this.beyondLimit.sum();
	}

}
