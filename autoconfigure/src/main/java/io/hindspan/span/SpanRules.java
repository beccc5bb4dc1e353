package io.hindspan.span;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * The rules that hold for every span, whoever makes it: names of attributes, errors, and
 * when no span need be made. Thread-safe.
 */
final class SpanRules {

	static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<String> ERROR_CATEGORY = AttributeKey.stringKey("hindspan.error.category");

	private final AttributeNames names;

	private final ExpectedErrors expectedErrors;

	private final @Nullable UnsampledSpans unsampledSpans;

	private final boolean samplerFollowsParent;

	private final boolean samplerFollowsRemoteParent;

	SpanRules(AttributeNames names, ExpectedErrors expectedErrors, @Nullable Sampler sampler) {
		this.names = names;
		this.expectedErrors = expectedErrors;
		this.unsampledSpans = (sampler instanceof UnsampledSpans known) ? known : null;
		this.samplerFollowsParent = sampler != null && followsParent(sampler);
		this.samplerFollowsRemoteParent = sampler != null && followsRemoteParent(sampler);
	}

	/**
	 * Only the SDK's own parent-based sampler is known to drop every child of a dropped
	 * local parent, and its settings can be read nowhere else.
	 */
	private static boolean followsParent(Sampler sampler) {
		String description = sampler.getDescription();
		return description.startsWith("ParentBased{")
				&& description.endsWith("localParentNotSampled:AlwaysOffSampler}");
	}

	private static boolean followsRemoteParent(Sampler sampler) {
		String description = sampler.getDescription();
		return description.startsWith("ParentBased{")
				&& description.contains(",remoteParentNotSampled:AlwaysOffSampler,");
	}

	/**
	 * Whether a local root beneath this span of another service would certainly be
	 * dropped. It needs an id of its own, but neither a name nor attributes.
	 */
	boolean dropsRootUnder(Span parent, Context parentContext) {
		if (!this.samplerFollowsRemoteParent && this.unsampledSpans == null) {
			return false;
		}
		SpanContext context = parent.getSpanContext();
		return context.isValid() && !context.isSampled() && context.isRemote() && (this.unsampledSpans == null
				|| (this.unsampledSpans.areDroppedUnder(context) && !this.unsampledSpans.isSampledIn(parentContext)));
	}

	/**
	 * Whether a child of this span would certainly be dropped. Such a child is not made:
	 * its parent stands for it, in the context, in headers and in logs.
	 */
	boolean leavesOut(Span parent) {
		if ((!this.samplerFollowsParent && this.unsampledSpans == null) || parent.isRecording()) {
			return false;
		}
		SpanContext context = parent.getSpanContext();
		return context.isValid() && !context.isSampled() && !context.isRemote()
				&& (this.unsampledSpans == null || this.unsampledSpans.areDroppedUnder(context));
	}

	SpanAttributes attributes(Span span) {
		return new AttributesOfSpan(span, this);
	}

	SpanAttributes attributes(SpanBuilder builder) {
		return new AttributesOfBuilder(builder, this.names);
	}

	/**
	 * Writes status, {@code error.type} and the exception of a failed span. The exception
	 * is told once on its way up, where it happened.
	 * @param span the span, not yet ended
	 * @param context a context within the span's local root
	 * @param outcome how the work ended
	 */
	void end(Span span, Context context, SpanOutcome outcome) {
		if (!outcome.error() || !span.isRecording()) {
			return;
		}
		Throwable exception = outcome.exception();
		String type = outcome.type();
		if (type == null && exception != null) {
			type = exception.getClass().getName();
		}
		if (type != null) {
			span.setAttribute(ERROR_TYPE, type);
		}
		if (exception == null) {
			span.setStatus(StatusCode.ERROR);
			return;
		}
		String message = exception.getMessage();
		span.setStatus(StatusCode.ERROR, (message != null) ? message : "");
		String category = this.expectedErrors.category(exception);
		if (category != null) {
			span.setAttribute(ERROR_CATEGORY, category);
			return;
		}
		LocalRoot root = LocalRoot.from(context);
		if (root == null || root.isFirstMeetingWith(exception)) {
			span.recordException(exception);
		}
	}

	<T> void put(Span span, SemanticKey<T> key, @Nullable T value) {
		if (value != null) {
			span.setAttribute(key.primary(this.names), value);
			AttributeKey<T> second = key.secondary(this.names);
			if (second != null) {
				span.setAttribute(second, value);
			}
		}
	}

	void put(Span span, SemanticKey<String> key, @Nullable String stable, @Nullable String legacy) {
		if (this.names != AttributeNames.LEGACY && stable != null) {
			span.setAttribute(key.stable(), stable);
		}
		AttributeKey<String> older = key.older(this.names, stable != null);
		if (older != null && legacy != null) {
			span.setAttribute(older, legacy);
		}
	}

	void putLegacy(Span span, SemanticKey<Long> key, long value) {
		if (this.names != AttributeNames.STABLE) {
			span.setAttribute(key.legacy(), value);
		}
	}

	private record AttributesOfSpan(Span span, SpanRules rules) implements SpanAttributes {

		@Override
		public <T> SpanAttributes put(SemanticKey<T> key, @Nullable T value) {
			this.rules.put(this.span, key, value);
			return this;
		}

		@Override
		public SpanAttributes put(SemanticKey<Long> key, long value) {
			this.rules.put(this.span, key, value);
			return this;
		}

		@Override
		public SpanAttributes put(SemanticKey<String> key, @Nullable String stable, @Nullable String legacy) {
			this.rules.put(this.span, key, stable, legacy);
			return this;
		}

		@Override
		public SpanAttributes putLegacy(SemanticKey<Long> key, long value) {
			this.rules.putLegacy(this.span, key, value);
			return this;
		}

	}

	private record AttributesOfBuilder(SpanBuilder builder, AttributeNames names) implements SpanAttributes {

		@Override
		public <T> SpanAttributes put(SemanticKey<T> key, @Nullable T value) {
			if (value != null) {
				this.builder.setAttribute(key.primary(this.names), value);
				AttributeKey<T> second = key.secondary(this.names);
				if (second != null) {
					this.builder.setAttribute(second, value);
				}
			}
			return this;
		}

		@Override
		public SpanAttributes put(SemanticKey<Long> key, long value) {
			return put(key, Long.valueOf(value));
		}

		@Override
		public SpanAttributes put(SemanticKey<String> key, @Nullable String stable, @Nullable String legacy) {
			if (this.names != AttributeNames.LEGACY && stable != null) {
				this.builder.setAttribute(key.stable(), stable);
			}
			AttributeKey<String> older = key.older(this.names, stable != null);
			if (older != null && legacy != null) {
				this.builder.setAttribute(older, legacy);
			}
			return this;
		}

		@Override
		public SpanAttributes putLegacy(SemanticKey<Long> key, long value) {
			if (this.names != AttributeNames.STABLE) {
				this.builder.setAttribute(key.legacy(), value);
			}
			return this;
		}

	}

}
