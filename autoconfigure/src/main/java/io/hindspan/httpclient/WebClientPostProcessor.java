package io.hindspan.httpclient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Traces the beans that are WebClients or their builders, the application's own included.
 */
final class WebClientPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<WebClientTracing> tracing;

	WebClientPostProcessor(ObjectProvider<WebClientTracing> tracing) {
		this.tracing = tracing;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof WebClient client) {
			return this.tracing.getObject().trace(client);
		}
		if (bean instanceof WebClient.Builder builder) {
			return this.tracing.getObject().trace(builder);
		}
		return bean;
	}

}
