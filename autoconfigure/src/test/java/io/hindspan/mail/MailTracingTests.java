package io.hindspan.mail;

import java.util.Map;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.MailSendException;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;

import io.hindspan.CurrentSpan;
import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedTrace;

import static io.hindspan.test.SpanExpectation.span;
import static io.hindspan.test.TraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for mail, sent to a real SMTP server.
 */
class MailTracingTests {

	private final GreenMail server = new GreenMail(ServerSetup.SMTP.dynamicPort());

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@BeforeEach
	void startServer() {
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.server.stop();
		this.receiver.close();
	}

	private void start(Class<?> source, String... args) {
		String[] all = new String[args.length + 2];
		all[0] = "--spring.mail.host=127.0.0.1";
		all[1] = "--spring.mail.port=" + this.server.getSmtp().getPort();
		System.arraycopy(args, 0, all, 2, args.length);
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, source, all);
	}

	@Test
	void messageIsAClientSpanWithoutAddresses() {
		start(Application.class);
		RecordedTrace trace = traced(() -> this.context.getBean(MailSender.class).send(message("ada@example.org")));
		assertThat(this.server.getReceivedMessages()).hasSize(1);
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL).with(span("send mail", SpanKind.CLIENT)));
		assertThat(trace.span("send mail")).hasScope("io.hindspan.mail")
			.hasStatus(StatusCode.UNSET)
			.hasNoEvents()
			.hasOnlyAttributes(Map.of("network.protocol.name", "smtp", "server.address", "127.0.0.1", "server.port",
					(long) this.server.getSmtp().getPort()));
	}

	@Test
	void severalMessagesAreOneSpanWithTheirNumber() {
		start(Application.class);
		RecordedTrace trace = traced(() -> this.context.getBean(JavaMailSender.class)
			.send(message("ada@example.org"), message("bob@example.org")));
		assertThat(this.server.getReceivedMessages()).hasSize(2);
		assertThat(trace.span("send mail")).hasAttribute("hindspan.mail.message_count", 2L);
	}

	@Test
	void whatAPreparatorDoesIsBeneathTheSpan() {
		start(Application.class);
		RecordedTrace trace = traced(() -> this.context.getBean(JavaMailSender.class).send((MimeMessage mime) -> {
			CurrentSpan.childRun("prepare", () -> {
			});
			MimeMessageHelper helper = new MimeMessageHelper(mime);
			helper.setTo("ada@example.org");
			helper.setText("Hello");
		}));
		assertThat(this.server.getReceivedMessages()).hasSize(1);
		assertThat(trace).matchesTree(span("caller", SpanKind.INTERNAL)
			.with(span("send mail", SpanKind.CLIENT).with(span("prepare", SpanKind.INTERNAL))));
	}

	@Test
	void serverThatIsDownIsAnErrorThatTheApplicationSees() {
		start(Application.class);
		this.server.stop();
		RecordedTrace trace = traced(() -> assertThatExceptionOfType(MailSendException.class)
			.isThrownBy(() -> this.context.getBean(MailSender.class).send(message("ada@example.org"))));
		assertThat(trace.span("send mail")).hasStatus(StatusCode.ERROR)
			.hasAttribute("error.type", MailSendException.class.getName())
			.hasAttribute("hindspan.mail.failed_count", 1L)
			.hasNoEvents();
		assertThat(trace.toString()).doesNotContain("example.org");
	}

	@Test
	void beanKeepsItsTypeAndItsSettings() {
		start(Application.class);
		JavaMailSenderImpl sender = this.context.getBean(JavaMailSenderImpl.class);
		assertThat(AopUtils.isCglibProxy(sender)).isTrue();
		assertThat(sender.getPort()).isEqualTo(this.server.getSmtp().getPort());
		assertThat(sender.createMimeMessage()).isNotNull();
	}

	@Test
	void senderOfTheApplicationsOwnIsTraced() {
		start(OwnSender.class);
		RecordedTrace trace = traced(() -> this.context.getBean(MailSender.class).send(message("ada@example.org")));
		assertThat(trace.span("send mail")).isChildOf(trace.span("caller")).hasNoAttribute("server.address");
	}

	@Test
	void nothingIsDoneWhenOff() {
		start(Application.class, "--hindspan.mail.enabled=false");
		RecordedTrace trace = traced(() -> this.context.getBean(MailSender.class).send(message("ada@example.org")));
		assertThat(this.server.getReceivedMessages()).hasSize(1);
		assertThat(trace).hasSpanCount(1);
		assertThat(AopUtils.isAopProxy(this.context.getBean(MailSender.class))).isFalse();
	}

	private RecordedTrace traced(Runnable work) {
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		return this.receiver.awaitTrace((trace) -> !trace.spans("caller").isEmpty());
	}

	private static SimpleMailMessage message(String to) {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setTo(to);
		message.setSubject("Report");
		message.setText("Written");
		return message;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnSender {

		@Bean
		MailSender ownSender() {
			return new OwnMailSender();
		}

	}

	static class OwnMailSender implements MailSender {

		@Override
		public void send(SimpleMailMessage... messages) {
		}

	}

}
