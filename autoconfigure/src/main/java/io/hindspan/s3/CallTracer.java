package io.hindspan.s3;

import java.util.Optional;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsExecutionAttribute;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.regions.Region;

import io.hindspan.span.InstrumentationTracer;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanAttributes;

/**
 * Starts the spans of the calls of one client. Thread-safe.
 */
final class CallTracer {

	private static final String INSTRUMENTATION_SCOPE = "io.hindspan.s3";

	private static final String S3 = "S3";

	private final InstrumentationTracers tracers;

	private final InstrumentationTracer tracer;

	private final boolean objectKeys;

	private final int maxAttempts;

	CallTracer(InstrumentationTracers tracers, boolean objectKeys, int maxAttempts) {
		this.tracers = tracers;
		this.tracer = tracers.get(INSTRUMENTATION_SCOPE);
		this.objectKeys = objectKeys;
		this.maxAttempts = maxAttempts;
	}

	@Nullable CallSpan start(SdkRequest request, ExecutionAttributes execution) {
		Context caller = Context.current();
		if (this.tracer.leavesOut(caller)) {
			return null;
		}
		String service = execution.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
		String operation = execution.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
		SpanBuilder builder = this.tracer.spanBuilder(service + "." + operation, SpanKind.CLIENT, caller);
		SpanAttributes attributes = this.tracer.attributes(builder);
		Region region = execution.getAttribute(AwsExecutionAttribute.AWS_REGION);
		attributes.put(AwsAttributes.SYSTEM, "aws-api")
			.put(AwsAttributes.SERVICE, service)
			.put(AwsAttributes.METHOD, operation)
			.put(AwsAttributes.REGION, (region != null) ? region.id() : null);
		if (S3.equals(service)) {
			attributes.put(AwsAttributes.BUCKET, value(request, "Bucket", String.class));
			Integer part = value(request, "PartNumber", Integer.class);
			attributes.put(AwsAttributes.PART_NUMBER, (part != null) ? part.longValue() : null);
			if (this.objectKeys) {
				attributes.put(AwsAttributes.OBJECT_KEY, value(request, "Key", String.class));
			}
		}
		Span span = builder.startSpan();
		return new CallSpan(this.tracer, span, this.tracers.contextOf(caller, span), this.maxAttempts);
	}

	private static <T> @Nullable T value(SdkRequest request, String field, Class<T> type) {
		Optional<T> value = request.getValueForField(field, type);
		return value.orElse(null);
	}

}
