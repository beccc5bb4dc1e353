package io.hindspan.explorer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

import io.hindspan.explorer.ExplorerRequest.TooMuch;

/**
 * Takes the explorer's requests from Spring MVC.
 */
final class ServletExplorer implements HttpRequestHandler {

	/**
	 * Tomcat sets it where it believes headers that tell another address, which it then
	 * removes: a header {@code X-Forwarded-For: 127.0.0.1} leaves no other mark.
	 */
	private static final String FORWARDED = "org.apache.tomcat.request.forwarded";

	private static final long SLOWEST_BODY = TimeUnit.SECONDS.toNanos(10);

	private final Explorer explorer;

	private final String path;

	ServletExplorer(Explorer explorer, String path) {
		this.explorer = explorer;
		this.path = path;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		ExplorerResponse answer = this.explorer.answer(request(request, this.path));
		response.setStatus(answer.status());
		answer.headers().forEach(response::setHeader);
		if (answer.body().length > 0) {
			response.setContentLength(answer.body().length);
			response.getOutputStream().write(answer.body());
		}
	}

	private static ExplorerRequest request(HttpServletRequest request, String base) {
		String path = ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().value();
		HttpServletRequest sent = asSent(request);
		return new ExplorerRequest(sent.getMethod(), base, ExplorerRequest.within(path, base), sent.getQueryString(),
				headers(sent), isLoopback(request), isForwarded(sent),
				request.getServerName() + ":" + request.getServerPort(),
				() -> Visitors.isKnown(request.getUserPrincipal()), (maxBytes) -> body(request, maxBytes));
	}

	/**
	 * Filters show another request than the one that was sent.
	 */
	static HttpServletRequest asSent(HttpServletRequest request) {
		HttpServletRequest sent = request;
		while (sent instanceof ServletRequestWrapper wrapper
				&& wrapper.getRequest() instanceof HttpServletRequest wrapped) {
			sent = wrapped;
		}
		return sent;
	}

	static boolean isForwarded(HttpServletRequest sent) {
		return sent.getAttribute(FORWARDED) != null;
	}

	/**
	 * Whether whatever anybody says of the connection is that it stays on this machine.
	 */
	static boolean isLoopback(HttpServletRequest request) {
		ServletRequest layer = request;
		while (Gate.isLoopback(layer.getRemoteAddr())) {
			if (!(layer instanceof ServletRequestWrapper wrapper)) {
				return Gate.isLoopback(layer.getLocalAddr());
			}
			layer = wrapper.getRequest();
		}
		return false;
	}

	static Map<String, List<String>> headers(HttpServletRequest request) {
		Map<String, List<String>> headers = new HashMap<>();
		Enumeration<String> names = request.getHeaderNames();
		while (names.hasMoreElements()) {
			String name = names.nextElement();
			headers.computeIfAbsent(name.toLowerCase(Locale.ROOT),
					(key) -> new ArrayList<>(Collections.list(request.getHeaders(name))));
		}
		if (request.getProtocol().startsWith("HTTP/2")) {
			// It has a pseudo-header instead, of which Tomcat tells no other way
			headers.computeIfAbsent("host", (key) -> List.of(request.getServerName() + ":" + request.getServerPort()));
		}
		return headers;
	}

	/**
	 * One byte in a while keeps a connection open for ever.
	 */
	private static byte[] body(HttpServletRequest request, int maxBytes) throws IOException {
		if (request.getContentLengthLong() > maxBytes) {
			throw TooMuch.bytes(maxBytes);
		}
		long begin = System.nanoTime();
		InputStream in = request.getInputStream();
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		byte[] buffer = new byte[8192];
		for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
			body.write(buffer, 0, read);
			if (body.size() > maxBytes) {
				throw TooMuch.bytes(maxBytes);
			}
			if (System.nanoTime() - begin > SLOWEST_BODY) {
				throw TooMuch.time();
			}
		}
		return body.toByteArray();
	}

}
