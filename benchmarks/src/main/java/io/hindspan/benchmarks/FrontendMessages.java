package io.hindspan.benchmarks;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLongArray;

import javax.net.SocketFactory;

/**
 * Counts what PostgreSQL's driver sends, by the type of the message. The driver makes an
 * object of this class itself, so the counts are those of the process.
 */
public final class FrontendMessages extends SocketFactory {

	private static final AtomicLongArray COUNTS = new AtomicLongArray(128);

	static long count(char type) {
		return COUNTS.get(type);
	}

	@Override
	public Socket createSocket() {
		return new Socket() {

			@Override
			public OutputStream getOutputStream() throws IOException {
				return new Counting(super.getOutputStream());
			}

		};
	}

	@Override
	public Socket createSocket(String host, int port) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Socket createSocket(InetAddress host, int port) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Each message is a type, a length and a body; only the first has no type.
	 */
	private static final class Counting extends FilterOutputStream {

		private int headerBytes = 1;

		private int length;

		private int left;

		Counting(OutputStream out) {
			super(out);
		}

		@Override
		public void write(int value) throws IOException {
			this.out.write(value);
			count(value & 0xff);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			this.out.write(bytes, offset, length);
			for (int i = offset; i < offset + length; i++) {
				count(bytes[i] & 0xff);
			}
		}

		private void count(int value) {
			if (this.left > 0) {
				this.left--;
				return;
			}
			if (this.headerBytes == 0) {
				COUNTS.incrementAndGet(value & 0x7f);
			}
			else {
				this.length = this.length << 8 | value;
			}
			this.headerBytes++;
			if (this.headerBytes == 5) {
				this.left = this.length - 4;
				this.length = 0;
				this.headerBytes = 0;
			}
		}

	}

}
