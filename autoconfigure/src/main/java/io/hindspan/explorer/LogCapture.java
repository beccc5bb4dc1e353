package io.hindspan.explorer;

import java.time.Instant;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

import io.hindspan.span.UntracedRequests;

/**
 * Looks on at the root logger and keeps what is logged within a trace. Logs nothing
 * itself. Thread-safe.
 */
final class LogCapture extends UnsynchronizedAppenderBase<ILoggingEvent> implements InitializingBean, DisposableBean {

	static final String TRACE_ID = "traceId";

	static final String SPAN_ID = "spanId";

	private static final int LONGEST_MESSAGE = 8192;

	private static final int LONGEST_THROWABLE = 16_384;

	/** No trace has a longer id; an application may put anything into the MDC. */
	private static final int LONGEST_TRACE_ID = 32;

	private static final int LONGEST_SPAN_ID = 16;

	/** Behind this place a word that would be cut begins. */
	private static final int LONGEST_WORD = 256;

	/** What is logged while a message is made would come here, too. */
	private final ThreadLocal<Boolean> busy = ThreadLocal.withInitial(() -> false);

	private final CapturedLogs logs;

	private final UntracedRequests untraced;

	LogCapture(CapturedLogs logs, UntracedRequests untraced) {
		this.logs = logs;
		this.untraced = untraced;
		setName("hindspan-explorer");
	}

	@Override
	public void afterPropertiesSet() {
		if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
			setContext(context);
			start();
			context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(this);
		}
	}

	@Override
	public void destroy() {
		if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
			Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
			Appender<ILoggingEvent> self = this;
			root.detachAppender(self);
		}
		stop();
	}

	@Override
	public void doAppend(ILoggingEvent event) {
		if (!isStarted() || this.busy.get()) {
			return;
		}
		Map<String, String> mdc = event.getMDCPropertyMap();
		String traceId = (mdc != null) ? mdc.get(TRACE_ID) : null;
		if (traceId == null || traceId.isEmpty() || traceId.length() > LONGEST_TRACE_ID
				|| traceId.equals(this.untraced.traceId())) {
			return;
		}
		this.busy.set(true);
		try {
			append(event, traceId, mdc.get(SPAN_ID));
		}
		catch (RuntimeException | LinkageError | StackOverflowError ex) {
			// Of an argument that cannot say what it is; other appenders tell
		}
		finally {
			this.busy.remove();
		}
	}

	@Override
	protected void append(ILoggingEvent event) {
		doAppend(event);
	}

	private void append(ILoggingEvent event, String traceId, @Nullable String spanId) {
		Instant time = event.getInstant();
		IThrowableProxy throwable = event.getThrowableProxy();
		String message = event.getFormattedMessage();
		this.logs
			.add(new CapturedLogs.Line(traceId, (spanId != null && spanId.length() <= LONGEST_SPAN_ID) ? spanId : null,
					Parameters.nanos(time), event.getLevel().toString(), event.getLoggerName(), event.getThreadName(),
					cut((message != null) ? message : "", LONGEST_MESSAGE),
					(throwable != null) ? cut(ThrowableProxyUtil.asString(throwable), LONGEST_THROWABLE) : null));
	}

	/**
	 * Cuts a text at a space, since half a secret is not recognised as one.
	 */
	private static String cut(String text, int longest) {
		if (text.length() <= longest) {
			return text;
		}
		int end = longest;
		while (end > longest - LONGEST_WORD && !Character.isWhitespace(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(0, end) + '…';
	}

}
