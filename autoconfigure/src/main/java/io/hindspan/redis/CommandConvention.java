package io.hindspan.redis;

import io.lettuce.core.tracing.LettuceObservationContext;
import io.lettuce.core.tracing.LettuceObservationConvention;
import io.micrometer.common.KeyValues;

/**
 * Names the meters of commands exactly as Lettuce's own convention does.
 */
final class CommandConvention implements LettuceObservationConvention {

	@Override
	public boolean includeCommandArgsInSpanTags() {
		return false;
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(LettuceObservationContext context) {
		return description(context).keyValues();
	}

	@Override
	public String getContextualName(LettuceObservationContext context) {
		return description(context).contextualName();
	}

	private RedisEndpoint.Description description(LettuceObservationContext context) {
		return ((RedisEndpoint) context.getRequiredEndpoint()).description(context.getRequiredCommand().getType());
	}

}
