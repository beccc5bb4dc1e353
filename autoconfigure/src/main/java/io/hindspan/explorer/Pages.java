package io.hindspan.explorer;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The page and what it is made of, from beside this class. Thread-safe.
 */
final class Pages {

	private static final Pattern NAME = Pattern.compile("(?:[a-z0-9-]+/){0,3}[a-z0-9-]+(\\.[a-z0-9-]+)*\\.([a-z0-9]+)");

	static final Map<String, String> TYPES = Map.of("html", "text/html;charset=UTF-8", "css", "text/css;charset=UTF-8",
			"js", "text/javascript;charset=UTF-8", "svg", "image/svg+xml", "png", "image/png", "ico", "image/x-icon",
			"woff2", "font/woff2", "txt", "text/plain;charset=UTF-8");

	private final ConcurrentMap<String, Page> pages = new ConcurrentHashMap<>();

	/**
	 * Answers a request for a file.
	 * @param name its name, without a slash at the beginning
	 * @return the answer, or {@code null} if there is no such file
	 */
	@Nullable ExplorerResponse get(String name, ExplorerRequest request) throws IOException {
		Page page = find(name);
		if (page == null) {
			return null;
		}
		boolean known = page.etag().equals(request.value("if-none-match"));
		ExplorerResponse response = known ? ExplorerResponse.empty(304)
				: ExplorerResponse.of(200, page.type(), page.content());
		return response.with("ETag", page.etag()).with("Cache-Control", "no-cache");
	}

	private @Nullable Page find(String name) throws IOException {
		Page known = this.pages.get(name);
		if (known != null) {
			return known;
		}
		String type = NAME.matcher(name).matches() ? TYPES.get(name.substring(name.lastIndexOf('.') + 1)) : null;
		if (type == null) {
			return null;
		}
		try (InputStream content = Pages.class.getResourceAsStream(name)) {
			if (content == null) {
				return null;
			}
			byte[] bytes = content.readAllBytes();
			Page page = new Page(type, bytes, '"' + hash(bytes) + '"');
			this.pages.put(name, page);
			return page;
		}
	}

	private static String hash(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Page(String type, byte[] content, String etag) {

	}

}
