package io.hindspan.explorer;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A request as it came over the wire, whatever the application's filters have made of it
 * since.
 *
 * @param method the method
 * @param base the path of the explorer as the caller sees it, with all that is before it
 * @param path what follows it, neither decoded nor with a query; empty or beginning with
 * a slash
 * @param query the query as it was sent, or {@code null} for none
 * @param headers the headers, by their names in lower case
 * @param loopback whether both ends of the connection are certainly on this machine
 * @param forwarded whether the server may have taken the caller from headers that it has
 * removed since
 * @param host the authority that the application believes to be asked for, such as
 * {@code localhost:8080}
 * @param authenticated whether the caller is somebody that the application knows
 * @param body the body
 */
record ExplorerRequest(String method, String base, String path, @Nullable String query,
		Map<String, List<String>> headers, boolean loopback, boolean forwarded, String host,
		BooleanSupplier authenticated, Body body) {

	/**
	 * What follows the explorer's own path. There is nothing beneath another way of
	 * writing it.
	 */
	static String within(String path, String base) {
		return path.startsWith(base) ? path.substring(base.length()) : "//";
	}

	/**
	 * The values of a header.
	 */
	List<String> values(String name) {
		return this.headers.getOrDefault(name, List.of());
	}

	/**
	 * The value of a header that may be there once.
	 */
	@Nullable String value(String name) {
		List<String> values = values(name);
		return values.isEmpty() ? null : values.get(0);
	}

	/**
	 * The media type of the body in lower case, without parameters.
	 */
	String contentType() {
		String type = value("content-type");
		if (type == null) {
			return "";
		}
		int semicolon = type.indexOf(';');
		return ((semicolon >= 0) ? type.substring(0, semicolon) : type).trim().toLowerCase(Locale.ROOT);
	}

	boolean isRead() {
		return this.method.equals("GET") || this.method.equals("HEAD");
	}

	/**
	 * A body that is only read when it is wanted.
	 */
	@FunctionalInterface
	interface Body {

		/**
		 * Reads the body, which may block.
		 * @param maxBytes how long it may be
		 * @return the body
		 * @throws TooMuch if it is longer, or takes too long to come
		 * @throws IOException if it cannot be read
		 */
		byte[] read(int maxBytes) throws IOException;

	}

	/**
	 * More than is taken.
	 */
	static final class TooMuch extends IOException {

		private static final long serialVersionUID = 1L;

		private final int status;

		TooMuch(int status, String message) {
			super(message);
			this.status = status;
		}

		static TooMuch bytes(int maxBytes) {
			return new TooMuch(413, "More than " + maxBytes + " bytes. Send smaller batches.");
		}

		static TooMuch time() {
			return new TooMuch(408, "The body took too long to come.");
		}

		int status() {
			return this.status;
		}

	}

}
