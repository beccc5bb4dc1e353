package io.hindspan.explorer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

import io.hindspan.explorer.ExplorerProperties.Access;
import io.hindspan.explorer.ExplorerRequest.TooMuch;

/**
 * Takes the explorer's requests from WebFlux, and answers them on threads that may block.
 */
final class ReactiveExplorer implements WebHandler {

	private static final boolean NETTY = isPresent("reactor.netty.http.server.HttpServerRequest");

	private static final boolean SERVLET = isPresent("jakarta.servlet.http.HttpServletRequest");

	private static final Duration SLOWEST_BODY = Duration.ofSeconds(10);

	private final Explorer explorer;

	private final String path;

	private final Access access;

	ReactiveExplorer(Explorer explorer, ExplorerProperties properties) {
		this.explorer = explorer;
		this.path = properties.path();
		this.access = properties.access();
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ReactiveExplorer.class.getClassLoader());
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange) {
		return isKnown(exchange)
			.flatMap((known) -> Mono.fromCallable(() -> this.explorer.answer(request(exchange, known)))
				.subscribeOn(Schedulers.boundedElastic()))
			.flatMap((answer) -> write(exchange.getResponse(), answer));
	}

	private Mono<Boolean> isKnown(ServerWebExchange exchange) {
		return (this.access == Access.SECURED) ? exchange.getPrincipal().map(Visitors::isKnown).defaultIfEmpty(false)
				: Mono.just(false);
	}

	private static Mono<Void> write(ServerHttpResponse response, ExplorerResponse answer) {
		response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
		answer.headers().forEach(response.getHeaders()::set);
		if (answer.body().length == 0) {
			return response.setComplete();
		}
		response.getHeaders().setContentLength(answer.body().length);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())));
	}

	private ExplorerRequest request(ServerWebExchange exchange, boolean known) {
		ServerHttpRequest request = exchange.getRequest();
		String path = request.getPath().pathWithinApplication().value();
		URI uri = request.getURI();
		Sent sent = sent(request);
		return new ExplorerRequest(sent.method(), this.path, ExplorerRequest.within(path, this.path), uri.getRawQuery(),
				sent.headers(), sent.loopback() && isLoopback(request.getRemoteAddress()), sent.forwarded(),
				String.valueOf(uri.getRawAuthority()), () -> known, (maxBytes) -> body(request, maxBytes));
	}

	/**
	 * Transformers and filters show another request than the one that was sent.
	 */
	private static Sent sent(ServerHttpRequest request) {
		ServerHttpRequest own = request;
		while (own instanceof ServerHttpRequestDecorator decorator) {
			own = decorator.getDelegate();
		}
		Object server = (own instanceof AbstractServerHttpRequest known) ? known.getNativeRequest() : own;
		Sent sent = NETTY ? Netty.sent(server) : null;
		if (sent == null && SERVLET) {
			sent = Servlet.sent(server);
		}
		if (sent != null) {
			return sent;
		}
		// Nobody knows what came over the wire
		Map<String, List<String>> headers = new HashMap<>();
		request.getHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
		return new Sent(request.getMethod().name(), headers, false, true);
	}

	private static boolean isLoopback(@Nullable SocketAddress address) {
		return address instanceof InetSocketAddress inet && inet.getAddress() != null
				&& inet.getAddress().isLoopbackAddress();
	}

	private static byte[] body(ServerHttpRequest request, int maxBytes) throws IOException {
		HttpHeaders headers = request.getHeaders();
		if (headers.getContentLength() > maxBytes) {
			throw TooMuch.bytes(maxBytes);
		}
		try {
			byte[] body = DataBufferUtils.join(request.getBody(), maxBytes)
				.map(ReactiveExplorer::bytes)
				.block(SLOWEST_BODY);
			return (body != null) ? body : new byte[0];
		}
		catch (DataBufferLimitException ex) {
			throw TooMuch.bytes(maxBytes);
		}
		catch (IllegalStateException ex) {
			// Said by block where it has waited too long
			throw TooMuch.time();
		}
		catch (RuntimeException ex) {
			// The connection has ended
			throw new IOException(Exceptions.unwrap(ex));
		}
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	/**
	 * What came over the wire.
	 */
	private record Sent(String method, Map<String, List<String>> headers, boolean loopback, boolean forwarded) {

	}

	private static final class Netty {

		static @Nullable Sent sent(Object server) {
			if (!(server instanceof HttpServerRequest request)) {
				return null;
			}
			Map<String, List<String>> headers = new HashMap<>();
			request.requestHeaders()
				.forEach((entry) -> headers
					.computeIfAbsent(entry.getKey().toLowerCase(Locale.ROOT), (name) -> new ArrayList<>())
					.add(entry.getValue()));
			return new Sent(
					request.method().name(), headers, isLoopback(request.connectionRemoteAddress())
							&& isLoopback(request.remoteAddress()) && isLoopback(request.connectionHostAddress()),
					false);
		}

	}

	private static final class Servlet {

		static @Nullable Sent sent(Object server) {
			if (!(server instanceof HttpServletRequest request)) {
				return null;
			}
			HttpServletRequest sent = ServletExplorer.asSent(request);
			return new Sent(sent.getMethod(), ServletExplorer.headers(sent), ServletExplorer.isLoopback(request),
					ServletExplorer.isForwarded(sent));
		}

	}

}
