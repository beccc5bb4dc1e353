package io.hindspan.httpclient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Traces the beans that are RestTemplates, RestClients or builders of RestClients, the
 * application's own included.
 */
final class RestClientPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<RestClientTracing> tracing;

	RestClientPostProcessor(ObjectProvider<RestClientTracing> tracing) {
		this.tracing = tracing;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof RestTemplate template) {
			return this.tracing.getObject().trace(template);
		}
		if (bean instanceof RestClient client) {
			return this.tracing.getObject().trace(client);
		}
		if (bean instanceof RestClient.Builder builder) {
			return this.tracing.getObject().trace(builder);
		}
		return bean;
	}

}
