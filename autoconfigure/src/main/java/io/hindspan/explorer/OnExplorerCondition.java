package io.hindspan.explorer;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

import io.hindspan.core.DeploymentEnvironment;

/**
 * Matches in development, and elsewhere only where the application says so.
 */
final class OnExplorerCondition extends SpringBootCondition {

	static final String ENABLED = "hindspan.explorer.enabled";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		ConditionMessage.Builder message = ConditionMessage.forCondition("Explorer");
		if (StringUtils.hasText(environment.getProperty(ENABLED))) {
			return ConditionOutcome.match(message.because(ENABLED + " says whether it is on"));
		}
		DeploymentEnvironment kind = DeploymentEnvironment.of(environment);
		return new ConditionOutcome(kind == DeploymentEnvironment.DEVELOPMENT,
				message.because("the environment is " + kind.attributeValue() + " and " + ENABLED + " is not set"));
	}

}
