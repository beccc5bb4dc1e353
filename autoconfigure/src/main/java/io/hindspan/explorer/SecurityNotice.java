package io.hindspan.explorer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;

import io.hindspan.core.DeploymentEnvironment;
import io.hindspan.explorer.ExplorerProperties.Access;

/**
 * Says at start-up what nobody should find out later: that the application's own security
 * protects nothing, since there is none.
 */
final class SecurityNotice implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(SecurityNotice.class);

	private static final String SERVLET_CHAIN = "springSecurityFilterChain";

	private static final String REACTIVE_CHAIN = "org.springframework.security.web.server.WebFilterChainProxy";

	private final ListableBeanFactory beans;

	private final ExplorerProperties properties;

	private final DeploymentEnvironment environment;

	SecurityNotice(ListableBeanFactory beans, ExplorerProperties properties, DeploymentEnvironment environment) {
		this.beans = beans;
		this.properties = properties;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		boolean secured = this.properties.access() == Access.SECURED;
		if ((!secured && this.environment == DeploymentEnvironment.DEVELOPMENT) || hasSecurity()) {
			return;
		}
		if (secured) {
			logger.warn(
					"hindspan.explorer.access=secured, but this application has no Spring Security: unless its server "
							+ "authenticates callers, every request to {} is refused.",
					this.properties.path());
		}
		else {
			logger.warn(
					"hindspan.explorer.enabled=true in {}, and this application has no Spring Security: every process "
							+ "and everybody with a shell on this machine can read its traces at {}.",
					this.environment.attributeValue(), this.properties.path());
		}
	}

	private boolean hasSecurity() {
		if (this.beans.containsBean(SERVLET_CHAIN)) {
			return true;
		}
		ClassLoader loader = SecurityNotice.class.getClassLoader();
		return ClassUtils.isPresent(REACTIVE_CHAIN, loader) && this.beans
			.getBeanNamesForType(ClassUtils.resolveClassName(REACTIVE_CHAIN, loader), true, false).length > 0;
	}

}
