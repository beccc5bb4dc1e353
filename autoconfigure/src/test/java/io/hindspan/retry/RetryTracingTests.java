package io.hindspan.retry;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.retry.RetryListener;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryState;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import reactor.core.publisher.Mono;

import io.hindspan.TracedApplication;
import io.hindspan.test.OtlpReceiver;
import io.hindspan.test.RecordedSpan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for calls that Spring tries again.
 */
class RetryTracingTests {

	private final OtlpReceiver receiver = OtlpReceiver.start();

	private ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		this.context.close();
		this.receiver.close();
	}

	private void start(String... args) {
		this.context = TracedApplication.start(this.receiver, WebApplicationType.NONE, Application.class, args);
	}

	@Test
	void furtherAttemptsOfAMethodAreEvents() {
		start();
		assertThat(attempts(() -> unchecked(() -> this.context.getBean(Service.class).failTwice())))
			.containsExactly(attempt(2, 4, IOException.class), attempt(3, 4, IOException.class));
	}

	@Test
	void lastFailureIsFollowedByNoAttempt() {
		start();
		assertThat(attempts(() -> assertThat(catchThrowable(() -> this.context.getBean(Service.class).failAlways()))
			.hasMessage("always"))).containsExactly(attempt(2, 3, IOException.class), attempt(3, 3, IOException.class));
		assertThat(attempts(() -> assertThat(catchThrowable(() -> this.context.getBean(Service.class).failAlways()))
			.hasMessage("always"))).hasSize(2);
	}

	@Test
	void failureThatIsNotRetriedIsFollowedByNoAttempt() {
		start();
		assertThat(attempts(() -> catchThrowable(() -> this.context.getBean(Service.class).failForGood()))).isEmpty();
	}

	@Test
	void furtherAttemptsOfATemplateAreEvents() {
		start();
		RetryTemplate template = this.context.getBean(RetryTemplate.class);
		List<Integer> calls = new ArrayList<>();
		assertThat(attempts(() -> template.<Void>invoke(() -> {
			calls.add(1);
			if (calls.size() < 3) {
				throw new UncheckedIOException(new IOException("down"));
			}
			return null;
		}))).containsExactly(attempt(2, 3, UncheckedIOException.class), attempt(3, 3, UncheckedIOException.class));
		assertThat(this.context.getBean(OwnListener.class).retries).isEqualTo(2);
	}

	@Test
	void nothingIsDoneWhenOff() {
		start("--hindspan.retry.enabled=false");
		assertThat(attempts(() -> unchecked(() -> this.context.getBean(Service.class).failTwice()))).isEmpty();
		assertThat(this.context.getBean(RetryTemplate.class).getRetryListener()).isInstanceOf(OwnListener.class);
	}

	@Test
	void attemptsOfAReactiveMethodAreEvents() {
		start();
		assertThat(attempts(() -> this.context.getBean(Service.class).failTwiceLater().block()))
			.containsExactly(attempt(2, 4, IOException.class), attempt(3, 4, IOException.class));
	}

	private static void unchecked(ThrowingCallable call) {
		assertThat(catchThrowable(call)).isNull();
	}

	private static Map<String, Object> attempt(long attempt, long max, Class<?> reason) {
		return Map.of("retry.attempt", attempt, "retry.max_attempts", max, "retry.reason", reason.getName());
	}

	private List<Map<String, Object>> attempts(Runnable work) {
		this.receiver.reset();
		Observation.createNotStarted("caller", this.context.getBean(ObservationRegistry.class)).observe(work);
		RecordedSpan caller = this.receiver.awaitSpan((span) -> span.name().equals("caller"));
		return caller.events()
			.stream()
			.filter((event) -> event.name().equals("retry_attempt"))
			.map(RecordedSpan.Event::attributes)
			.toList();
	}

	static class Service {

		private int calls;

		private int subscriptions;

		@Retryable(maxRetries = 3, delay = 1)
		public void failTwice() throws IOException {
			if (this.calls++ < 2) {
				throw new IOException("twice");
			}
		}

		@Retryable(maxRetriesString = "${retries:2}", delay = 1)
		public void failAlways() throws IOException {
			throw new IOException("always");
		}

		@Retryable(includes = IOException.class, excludes = FileNotFoundException.class, delay = 1)
		public void failForGood() throws IOException {
			throw new FileNotFoundException("for good");
		}

		@Retryable(maxRetries = 3, delay = 1)
		public Mono<String> failTwiceLater() {
			return Mono
				.defer(() -> (this.subscriptions++ < 2) ? Mono.error(new IOException("twice")) : Mono.just("done"));
		}

	}

	static class OwnListener implements RetryListener {

		private int retries;

		@Override
		public void beforeRetry(RetryPolicy policy, org.springframework.core.retry.Retryable<?> retryable,
				RetryState state) {
			this.retries++;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableResilientMethods
	@Import({ Service.class, OwnListener.class })
	static class Application {

		@Bean
		RetryTemplate retryTemplate(OwnListener listener) {
			RetryTemplate template = new RetryTemplate(
					RetryPolicy.builder().maxRetries(2).delay(Duration.ofMillis(1)).build());
			template.setRetryListener(listener);
			return template;
		}

	}

}
