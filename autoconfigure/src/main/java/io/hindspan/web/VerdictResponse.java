package io.hindspan.web;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.Locale;

import io.opentelemetry.api.trace.SpanContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import io.hindspan.propagation.CalleeVerdict;
import io.hindspan.span.Verdict;

/**
 * A response whose headers follow the verdict on its trace until they are sent. Any write
 * may send them, so each one looks first.
 */
final class VerdictResponse extends HttpServletResponseWrapper {

	private final SpanContext span;

	private final Verdict verdict;

	private final TraceResponse traceResponse;

	private @Nullable ServletOutputStream outputStream;

	private @Nullable PrintWriter writer;

	private boolean told;

	VerdictResponse(HttpServletResponse response, SpanContext span, Verdict verdict, TraceResponse traceResponse) {
		super(response);
		this.span = span;
		this.verdict = verdict;
		this.traceResponse = traceResponse;
	}

	/**
	 * Writes what is known now.
	 */
	void beforeCommit() {
		if (!this.told && !isCommitted()) {
			tell(getStatus());
		}
	}

	/**
	 * The span of a response with such a status will be an error, so its trace is kept.
	 */
	private void tell(int status) {
		if (ServerSpan.isError(status)) {
			this.verdict.keep(TraceResponse.ERROR);
		}
		if (this.verdict.isKept()) {
			this.told = true;
			this.traceResponse.update(this.span, getHeader(CalleeVerdict.TRACE_RESPONSE), super::setHeader);
		}
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		if (!isCommitted()) {
			tell(status);
		}
		super.sendError(status, message);
	}

	@Override
	public void sendError(int status) throws IOException {
		if (!isCommitted()) {
			tell(status);
		}
		super.sendError(status);
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		beforeCommit();
		super.sendRedirect(location);
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		beforeCommit();
		super.sendRedirect(location, status);
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		beforeCommit();
		super.sendRedirect(location, clearBuffer);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		beforeCommit();
		super.sendRedirect(location, status, clearBuffer);
	}

	@Override
	public void flushBuffer() throws IOException {
		beforeCommit();
		super.flushBuffer();
	}

	/**
	 * What was got from the container is nothing after that.
	 */
	@Override
	public void reset() {
		super.reset();
		this.outputStream = null;
		this.writer = null;
		this.told = false;
		this.traceResponse.write(this.span, super::setHeader);
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		if (this.outputStream == null) {
			this.outputStream = new WatchedOutputStream(super.getOutputStream());
		}
		return this.outputStream;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.writer == null) {
			this.writer = new WatchedWriter(super.getWriter());
		}
		return this.writer;
	}

	private final class WatchedOutputStream extends ServletOutputStream {

		private final ServletOutputStream delegate;

		WatchedOutputStream(ServletOutputStream delegate) {
			this.delegate = delegate;
		}

		@Override
		public boolean isReady() {
			return this.delegate.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			this.delegate.setWriteListener(listener);
		}

		@Override
		public void write(int octet) throws IOException {
			beforeCommit();
			this.delegate.write(octet);
		}

		@Override
		public void write(byte[] octets, int offset, int length) throws IOException {
			beforeCommit();
			this.delegate.write(octets, offset, length);
		}

		@Override
		public void write(ByteBuffer buffer) throws IOException {
			beforeCommit();
			this.delegate.write(buffer);
		}

		@Override
		public void print(String text) throws IOException {
			beforeCommit();
			this.delegate.print(text);
		}

		@Override
		public void flush() throws IOException {
			beforeCommit();
			this.delegate.flush();
		}

		@Override
		public void close() throws IOException {
			beforeCommit();
			this.delegate.close();
		}

	}

	private final class WatchedWriter extends PrintWriter {

		private final PrintWriter delegate;

		WatchedWriter(PrintWriter delegate) {
			super(delegate);
			this.delegate = delegate;
		}

		@Override
		public void write(int character) {
			beforeCommit();
			this.delegate.write(character);
		}

		@Override
		public void write(char[] characters, int offset, int length) {
			beforeCommit();
			this.delegate.write(characters, offset, length);
		}

		@Override
		public void write(String text, int offset, int length) {
			beforeCommit();
			this.delegate.write(text, offset, length);
		}

		@Override
		public void println() {
			beforeCommit();
			this.delegate.println();
		}

		/**
		 * By the response's locale, in some containers.
		 */
		@Override
		public PrintWriter format(String format, @Nullable Object... arguments) {
			beforeCommit();
			this.delegate.format(format, arguments);
			return this;
		}

		@Override
		public PrintWriter format(@Nullable Locale locale, String format, @Nullable Object... arguments) {
			beforeCommit();
			this.delegate.format(locale, format, arguments);
			return this;
		}

		@Override
		public void flush() {
			beforeCommit();
			this.delegate.flush();
		}

		@Override
		public void close() {
			beforeCommit();
			this.delegate.close();
		}

		@Override
		public boolean checkError() {
			beforeCommit();
			return this.delegate.checkError();
		}

	}

}
