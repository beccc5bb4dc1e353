package io.hindspan.s3;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Makes a CLIENT span of each call of a client of the AWS SDK. The SDK makes one for each
 * client that is built, as
 * {@code software/amazon/awssdk/global/handlers/execution.interceptors} asks it to; it
 * does nothing unless an application traces its client. Thread-safe.
 */
public final class AwsApiCallInterceptor implements ExecutionInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(AwsApiCallInterceptor.class);

	/** Named after its class, of which several class loaders may have one. */
	private static final ExecutionAttribute<CallSpan> CALL = new ExecutionAttribute<>(
			"hindspan-call-" + Integer.toHexString(System.identityHashCode(AwsApiCallInterceptor.class)));

	private volatile @Nullable CallTracer tracer;

	/**
	 * Called by the SDK.
	 */
	public AwsApiCallInterceptor() {
	}

	void trace(CallTracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
		CallTracer tracer = this.tracer;
		if (tracer == null) {
			return;
		}
		try {
			CallSpan span = tracer.start(context.request(), attributes);
			if (span != null) {
				attributes.putAttribute(CALL, span);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Could not start the span of a call", ex);
		}
	}

	@Override
	public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
		CallSpan span = attributes.getAttribute(CALL);
		if (span != null) {
			span.attempt(context.httpRequest());
		}
	}

	@Override
	public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
		CallSpan span = attributes.getAttribute(CALL);
		if (span != null) {
			span.answered(context.httpResponse());
		}
	}

	@Override
	public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
		CallSpan span = attributes.getAttribute(CALL);
		if (span != null) {
			span.succeeded(context.response(), context.httpResponse());
		}
	}

	@Override
	public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
		CallSpan span = attributes.getAttribute(CALL);
		if (span != null) {
			span.failed(context.exception(), context.httpResponse().orElse(null));
		}
	}

}
