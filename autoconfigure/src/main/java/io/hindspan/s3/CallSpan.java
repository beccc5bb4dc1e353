package io.hindspan.s3;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.RetryAttributes;
import io.hindspan.span.SpanAttributes;
import io.hindspan.span.SpanOutcome;

/**
 * The span of one call, with all its attempts. Used by one thread at a time.
 */
final class CallSpan {

	private static final String NO_RESPONSE = "no response";

	private final InstrumentationTracer tracer;

	private final Span span;

	private final Context context;

	private final int maxAttempts;

	private int attempt;

	private int status;

	CallSpan(InstrumentationTracer tracer, Span span, Context context, int maxAttempts) {
		this.tracer = tracer;
		this.span = span;
		this.context = context;
		this.maxAttempts = maxAttempts;
	}

	/**
	 * The SDK tells the interceptors of each attempt, but not what the one before failed
	 * with, unless it was a response.
	 */
	void attempt(SdkHttpRequest request) {
		if (!this.span.isRecording()) {
			return;
		}
		this.attempt++;
		if (this.attempt == 1) {
			this.tracer.attributes(this.span)
				.put(AwsAttributes.SERVER_ADDRESS, request.host())
				.put(AwsAttributes.SERVER_PORT, request.port());
			return;
		}
		AttributesBuilder attributes = Attributes.builder().put(RetryAttributes.ATTEMPT.stable(), this.attempt);
		if (this.maxAttempts > 0) {
			attributes.put(RetryAttributes.MAX_ATTEMPTS.stable(), this.maxAttempts);
		}
		attributes.put(RetryAttributes.REASON.stable(),
				(this.status > 0) ? Integer.toString(this.status) : NO_RESPONSE);
		this.span.addEvent("retry_attempt", attributes.build());
		this.status = 0;
	}

	void answered(SdkHttpResponse response) {
		this.status = response.statusCode();
	}

	void succeeded(@Nullable SdkResponse response, @Nullable SdkHttpResponse httpResponse) {
		if (this.span.isRecording()) {
			SpanAttributes attributes = this.tracer.attributes(this.span);
			write(attributes, httpResponse);
			if (response instanceof AwsResponse aws && aws.responseMetadata() != null) {
				attributes.put(AwsAttributes.REQUEST_ID, known(aws.responseMetadata().requestId()));
			}
		}
		this.span.end();
	}

	void failed(Throwable exception, @Nullable SdkHttpResponse httpResponse) {
		if (this.span.isRecording()) {
			SpanAttributes attributes = this.tracer.attributes(this.span);
			write(attributes, httpResponse);
			SpanOutcome outcome = SpanOutcome.of(exception);
			if (exception instanceof AwsServiceException service) {
				attributes.put(AwsAttributes.REQUEST_ID, service.requestId());
				attributes.put(AwsAttributes.STATUS, service.statusCode());
				outcome = SpanOutcome.failed(code(service), exception);
			}
			this.tracer.outcome(this.span, this.context, outcome);
		}
		this.span.end();
	}

	private static String code(AwsServiceException exception) {
		AwsErrorDetails details = exception.awsErrorDetails();
		String code = (details != null) ? details.errorCode() : null;
		return (code != null && !code.isEmpty()) ? code : Integer.toString(exception.statusCode());
	}

	private static void write(SpanAttributes attributes, @Nullable SdkHttpResponse response) {
		if (response != null) {
			attributes.put(AwsAttributes.STATUS, response.statusCode());
			attributes.put(AwsAttributes.EXTENDED_REQUEST_ID, response.firstMatchingHeader("x-amz-id-2").orElse(null));
		}
	}

	/**
	 * The SDK says so in a word of its own where the service told none.
	 */
	private static @Nullable String known(@Nullable String requestId) {
		return "UNKNOWN".equals(requestId) ? null : requestId;
	}

}
