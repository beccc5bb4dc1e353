package io.hindspan.grpc;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.hindspan.span.SemanticKey;
import io.hindspan.span.SpanAttributes;

/**
 * The attributes of a call of gRPC. Neither metadata nor messages are among them.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/rpc/grpc/">gRPC spans</a>
 */
final class GrpcAttributes {

	static final SemanticKey<String> SYSTEM = SemanticKey.text("rpc.system.name", "rpc.system");

	/** Whole in the stable conventions, and without its service in the older ones. */
	static final SemanticKey<String> METHOD = SemanticKey.text("rpc.method");

	static final SemanticKey<String> SERVICE = SemanticKey.text("rpc.service");

	static final SemanticKey<String> STATUS = SemanticKey.text("rpc.response.status_code");

	static final SemanticKey<Long> STATUS_NUMBER = SemanticKey.number("rpc.grpc.status_code");

	static final SemanticKey<String> SERVER_ADDRESS = SemanticKey.text("server.address", "net.peer.name");

	static final SemanticKey<Long> SERVER_PORT = SemanticKey.number("server.port", "net.peer.port");

	static final SemanticKey<String> PEER_ADDRESS = SemanticKey.text("network.peer.address", "net.sock.peer.addr");

	static final SemanticKey<Long> PEER_PORT = SemanticKey.number("network.peer.port", "net.sock.peer.port");

	private GrpcAttributes() {
	}

	static void method(SpanAttributes attributes, MethodDescriptor<?, ?> method) {
		method(attributes, method.getFullMethodName(), method.getServiceName(), method.getBareMethodName());
	}

	static void method(SpanAttributes attributes, String fullName, @Nullable String service,
			@Nullable String bareName) {
		attributes.put(SYSTEM, "grpc").put(METHOD, fullName, bareName).put(SERVICE, null, service);
	}

	static void authority(SpanAttributes attributes, @Nullable String authority) {
		if (authority == null || authority.isEmpty()) {
			return;
		}
		int colon = authority.lastIndexOf(':');
		boolean hasPort = colon > authority.lastIndexOf(']') && authority.indexOf(':') == colon
				|| colon > 0 && authority.charAt(colon - 1) == ']';
		if (!hasPort) {
			attributes.put(SERVER_ADDRESS, withoutBrackets(authority));
			return;
		}
		try {
			int port = Integer.parseInt(authority, colon + 1, authority.length(), 10);
			attributes.put(SERVER_ADDRESS, withoutBrackets(authority.substring(0, colon))).put(SERVER_PORT, port);
		}
		catch (NumberFormatException ex) {
			attributes.put(SERVER_ADDRESS, authority);
		}
	}

	/**
	 * The host of an authority, as a name or an address.
	 */
	static @Nullable String host(@Nullable String authority) {
		int colon = (authority != null) ? authority.lastIndexOf(':') : -1;
		boolean hasPort = colon > 0 && (authority.indexOf(':') == colon || authority.charAt(colon - 1) == ']');
		return hasPort ? authority.substring(0, colon) : authority;
	}

	private static String withoutBrackets(String host) {
		return (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
	}

	static void peer(SpanAttributes attributes, @Nullable Attributes transport) {
		SocketAddress address = (transport != null) ? transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) : null;
		if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
			attributes.put(PEER_ADDRESS, inet.getAddress().getHostAddress()).put(PEER_PORT, inet.getPort());
		}
	}

	static void status(SpanAttributes attributes, Status.Code code) {
		attributes.put(STATUS, code.name(), null);
		attributes.putLegacy(STATUS_NUMBER, code.value());
	}

}
