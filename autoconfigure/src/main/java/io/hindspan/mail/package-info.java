/**
 * Mail that the application sends with Spring's {@code MailSender}.
 */
@NullMarked
package io.hindspan.mail;

import org.jspecify.annotations.NullMarked;
