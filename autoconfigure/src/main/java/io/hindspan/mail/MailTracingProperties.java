package io.hindspan.mail;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of sending mail.
 *
 * @param enabled whether sending with a MailSender bean is a CLIENT span
 */
@ConfigurationProperties("hindspan.mail")
record MailTracingProperties(@DefaultValue("true") boolean enabled) {

}
