package io.hindspan.analysis;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

import io.hindspan.store.SpanRecord;

/**
 * What recorded exceptions say.
 */
final class StackTraces {

	private static final AttributeKey<String> STACK_TRACE = AttributeKey.stringKey("exception.stacktrace");

	private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");

	private static final List<String> OF_LIBRARIES = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "jakarta.",
			"org.springframework.", "org.apache.", "org.hibernate.", "org.postgresql.", "com.zaxxer.", "io.netty.",
			"reactor.", "io.micrometer.", "io.opentelemetry.", "org.aspectj.", "com.fasterxml.", "kotlin.", "feign.",
			"io.grpc.", "com.mysql.", "org.mariadb.", "org.h2.", "oracle.", "io.lettuce.", "redis.clients.", "okhttp3.",
			"org.eclipse.", "io.undertow.", "io.hindspan.");

	private static final int MAX_LINES = 400;

	private StackTraces() {
	}

	/**
	 * The place in the application where the exception of a span was thrown.
	 * @param span the span
	 * @return the first frame of the deepest cause that is of no library, or {@code null}
	 */
	static @Nullable String applicationFrame(SpanRecord span) {
		String frame = null;
		for (SpanRecord.Event event : span.events()) {
			String stackTrace = event.name().equals("exception") ? event.attributes().get(STACK_TRACE) : null;
			if (stackTrace != null) {
				String found = applicationFrame(stackTrace);
				frame = (found != null) ? found : frame;
			}
		}
		return frame;
	}

	private static @Nullable String applicationFrame(String stackTrace) {
		String frame = null;
		boolean wanted = true;
		int start = 0;
		for (int line = 0; line < MAX_LINES && start < stackTrace.length(); line++) {
			int end = stackTrace.indexOf('\n', start);
			end = (end < 0) ? stackTrace.length() : end;
			String text = stackTrace.substring(start, end).strip();
			start = end + 1;
			if (text.startsWith("Caused by: ")) {
				wanted = true;
			}
			else if (wanted && text.startsWith("at ") && isOfApplication(text.substring(3))) {
				frame = text.substring(3);
				wanted = false;
			}
		}
		return frame;
	}

	private static boolean isOfApplication(String frame) {
		return frame.indexOf('(') > 0 && !frame.contains("$$") && OF_LIBRARIES.stream().noneMatch(frame::startsWith);
	}

	/**
	 * The message of the exception of a span, or of its status.
	 * @return the message, empty for none
	 */
	static String message(SpanRecord span) {
		for (SpanRecord.Event event : span.events()) {
			String message = event.name().equals("exception") ? event.attributes().get(MESSAGE) : null;
			if (message != null && !message.isEmpty()) {
				return message;
			}
		}
		return span.statusDescription();
	}

}
