package io.hindspan.httpclient;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Offers a {@link WebClientTracing} that does nothing where clients are not traced, since
 * code that has it injected should start.
 */
@AutoConfiguration(after = WebClientTracingAutoConfiguration.class)
@ConditionalOnClass(WebClient.class)
public final class WebClientApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WebClientTracing untracedWebClients() {
		return new WebClientTracing();
	}

}
