package io.hindspan.httpclient;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/**
 * Offers a {@link RestClientTracing} that does nothing where clients are not traced,
 * since code that has it injected should start.
 */
@AutoConfiguration(after = RestClientTracingAutoConfiguration.class)
@ConditionalOnClass(RestClient.class)
public final class RestClientApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RestClientTracing untracedRestClients() {
		return new RestClientTracing();
	}

}
