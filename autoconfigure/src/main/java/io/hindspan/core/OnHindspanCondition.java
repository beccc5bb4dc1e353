package io.hindspan.core;

import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.Assert;

/**
 * The condition behind {@link ConditionalOnHindspan}.
 */
class OnHindspanCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, Object> attributes = metadata.getAnnotationAttributes(ConditionalOnHindspan.class.getName());
		Assert.state(attributes != null, "'attributes' must not be null");
		String feature = (String) attributes.get("value");
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnHindspan.class, feature);
		Environment environment = context.getEnvironment();
		if (!Switch.HINDSPAN.isOn(environment)) {
			return ConditionOutcome.noMatch(message.because(Switch.HINDSPAN.property() + " is false"));
		}
		Switch featureSwitch = Switch.of(feature);
		if (!featureSwitch.isOn(environment)) {
			return ConditionOutcome.noMatch(message.because(featureSwitch.property() + " is false"));
		}
		return ConditionOutcome.match(message.because(featureSwitch.property() + " is not false"));
	}

}
