package io.hindspan.explorer;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.hindspan.core.DeploymentEnvironment;

/**
 * Matches in development unless the application says otherwise, and elsewhere only where
 * it says so.
 */
final class OnLogsCondition extends SpringBootCondition {

	private static final String LOGS = "hindspan.explorer.logs";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		Boolean said = environment.getProperty(LOGS, Boolean.class);
		DeploymentEnvironment kind = DeploymentEnvironment.of(environment);
		boolean on = (said != null) ? said : kind == DeploymentEnvironment.DEVELOPMENT;
		return new ConditionOutcome(on, ConditionMessage.forCondition("Explorer logs")
			.because((said != null) ? LOGS + " is " + said : "the environment is " + kind.attributeValue()));
	}

}
