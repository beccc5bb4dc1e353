package io.hindspan.explorer;

import java.time.Clock;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.hindspan.span.UntracedRequests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogCapture}.
 */
class LogCaptureTests {

	private static final Logger logger = LoggerFactory.getLogger(LogCaptureTests.class);

	private final CapturedLogs logs = new CapturedLogs(1_000_000, (text) -> text, Clock.systemUTC());

	private final UntracedRequests untraced = UntracedRequests.none();

	private final LogCapture capture = new LogCapture(this.logs, this.untraced);

	@BeforeEach
	void attach() {
		this.capture.afterPropertiesSet();
	}

	@AfterEach
	void detach() {
		this.capture.destroy();
		MDC.clear();
	}

	@Test
	void onlyWhatIsWithinATraceIsKept() {
		logger.warn("outside");
		within("a", () -> logger.warn("inside {}", 17, new IllegalStateException("broken")));
		within(this.untraced.traceId(), () -> logger.warn("the explorer's own"));
		JsonNode lines = lines("a");
		assertThat(lines.size()).isEqualTo(1);
		assertThat(lines.path(0).path("message").asString()).isEqualTo("inside 17");
		assertThat(lines.path(0).path("level").asString()).isEqualTo("WARN");
		assertThat(lines.path(0).path("throwable").asString()).startsWith("java.lang.IllegalStateException: broken")
			.contains("LogCaptureTests");
		assertThat(this.logs.traces()).isEqualTo(1);
	}

	@Test
	void whatIsLoggedWhileAMessageIsMadeIsNotTakenAgain() {
		within("a", () -> logger.warn("outer {}", new Object() {

			@Override
			public String toString() {
				logger.warn("inner");
				return "argument";
			}

		}));
		assertThat(lines("a").size()).isBetween(1, 2);
		assertThat(lines("a").toString()).contains("outer argument");
	}

	@Test
	void argumentThatCannotSayWhatItIsHarmsNobody() {
		within("a", () -> logger.warn("broken {}", new Object() {

			@Override
			public String toString() {
				throw new IllegalStateException("no text");
			}

		}));
		within("a", () -> logger.warn("next"));
		assertThat(lines("a").toString()).contains("next");
	}

	@Test
	void whatIsLongerThanAnIdTakesNoRoom() {
		String longer = "4bf92f3577b34da6a3ce929d0e0e4736".repeat(30_000);
		within(longer, () -> logger.warn("of no trace"));
		assertThat(this.logs.traces()).isZero();
		within("a", () -> {
			MDC.put(LogCapture.SPAN_ID, longer);
			logger.warn("of no span");
		});
		assertThat(lines("a").path(0).path("message").asString()).isEqualTo("of no span");
		assertThat(lines("a").path(0).has("spanId")).isFalse();
	}

	@Test
	void longTextIsCutAtASpace() {
		within("a", () -> logger.warn("word ".repeat(10_000)));
		assertThat(lines("a").path(0).path("message").asString()).hasSizeLessThan(8200).endsWith("word …");
	}

	@Test
	void nothingIsKeptWhenItIsOver() {
		this.capture.destroy();
		within("a", () -> logger.warn("later"));
		assertThat(lines("a").isEmpty()).isTrue();
		LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
		assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).isAttached(this.capture)).isFalse();
	}

	private static void within(String traceId, Runnable work) {
		MDC.put(LogCapture.TRACE_ID, traceId);
		MDC.put(LogCapture.SPAN_ID, "00f067aa0ba902b7");
		try {
			work.run();
		}
		finally {
			MDC.clear();
		}
	}

	private JsonNode lines(String traceId) {
		return JsonMapper.shared().readTree(this.logs.toJson(traceId, 0).toBytes()).path("logs");
	}

}
