package io.hindspan.core;

import java.util.Map;
import java.util.Set;

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
		DeploymentEnvironment here = DeploymentEnvironment.of(environment);
		Set<DeploymentEnvironment> onByDefault = Set.of((DeploymentEnvironment[]) attributes.get("onByDefaultIn"));
		boolean on = featureSwitch.isOn(environment, onByDefault.contains(here));
		String reason;
		if (onByDefault.size() < DeploymentEnvironment.values().length && !featureSwitch.isSet(environment)) {
			reason = featureSwitch.property() + " is not set and the environment is " + here.attributeValue();
		}
		else {
			reason = featureSwitch.property() + (on ? " is not false" : " is false");
		}
		return new ConditionOutcome(on, message.because(reason));
	}

}
