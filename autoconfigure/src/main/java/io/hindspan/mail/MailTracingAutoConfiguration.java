package io.hindspan.mail;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.mail.MailSender;

import io.hindspan.core.ConditionalOnHindspan;
import io.hindspan.span.InstrumentationTracers;
import io.hindspan.span.SpanTracingAutoConfiguration;

/**
 * Traces the mail that goes through {@link MailSender} beans.
 */
@AutoConfiguration(after = SpanTracingAutoConfiguration.class)
@ConditionalOnClass(MailSender.class)
@ConditionalOnBean(InstrumentationTracers.class)
@ConditionalOnHindspan("mail")
@EnableConfigurationProperties(MailTracingProperties.class)
public final class MailTracingAutoConfiguration {

	@Bean
	static MailSenderPostProcessor tracingMailSenderPostProcessor(ObjectProvider<InstrumentationTracers> tracers) {
		return new MailSenderPostProcessor(tracers);
	}

}
