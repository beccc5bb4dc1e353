package io.hindspan.propagation;

import java.util.List;

import io.opentelemetry.api.trace.SpanContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

import io.hindspan.core.DeploymentEnvironment;

/**
 * Says whose trace context is believed, whoever reads it.
 */
@AutoConfiguration
@ConditionalOnClass(SpanContext.class)
@ConditionalOnBooleanProperty(name = "hindspan.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PropagationProperties.class)
public final class TrustAutoConfiguration {

	private static final Log logger = LogFactory.getLog(TrustAutoConfiguration.class);

	private static final String CALLERS = "hindspan.propagation.trusted-callers";

	private static final String HOSTS = "hindspan.propagation.trusted-hosts";

	/**
	 * Made where somebody serves requests.
	 */
	@Bean
	@Lazy
	TrustedCallers trustedCallers(PropagationProperties properties, Environment environment) {
		boolean said = Binder.get(environment).bind(CALLERS, Bindable.listOf(String.class)).isBound();
		if (!said && DeploymentEnvironment.of(environment) == DeploymentEnvironment.PRODUCTION) {
			logger.info("The trace headers of every caller are believed, with his sampled flag. Where strangers can"
					+ " reach this service, name the networks of its callers by " + CALLERS
					+ ", or say 'all' or 'none'.");
		}
		return new TrustedCallers(TrustList.ofNetworks(CALLERS, properties.trustedCallers()));
	}

	@Bean
	CalleeVerdict calleeVerdict(PropagationProperties properties, ObjectProvider<PromotionLimit> limit) {
		List<String> hosts = properties.trustedHosts();
		return new CalleeVerdict(TrustList.ofHosts(HOSTS, hosts), SingletonSupplier.ofNullable(limit::getIfAvailable));
	}

}
