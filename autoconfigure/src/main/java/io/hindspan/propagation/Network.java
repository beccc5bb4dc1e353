package io.hindspan.propagation;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

/**
 * A network of IPv4 or IPv6 addresses. An IPv6 address that stands for one of IPv4 is
 * that one. Never asks a name server. Immutable.
 */
final class Network {

	private static final int IPV4 = 4;

	/** The bits of an IPv6 address before the IPv4 address that it stands for. */
	private static final int MAPPED = 96;

	/** A longer text is no address. */
	private static final int MAX_TEXT = 64;

	private final byte[] address;

	private final int prefix;

	private Network(byte[] address, int prefix) {
		this.address = address;
		this.prefix = prefix;
	}

	/**
	 * Reads a network.
	 * @param text an address, or an address, a slash and a number of bits
	 * @return the network
	 * @throws IllegalArgumentException if the text is no network
	 */
	static Network of(String text) {
		int slash = text.indexOf('/');
		String host = (slash >= 0) ? text.substring(0, slash) : text;
		byte[] address = address(host);
		if (address == null) {
			throw new IllegalArgumentException("is no address");
		}
		int bits = address.length * Byte.SIZE;
		if (slash < 0) {
			return new Network(address, bits);
		}
		int prefix = number(text, slash + 1, text.length(), Byte.SIZE * 16);
		int mapped = (address.length == IPV4 && host.indexOf(':') >= 0) ? MAPPED : 0;
		if (prefix < mapped || prefix - mapped > bits) {
			throw new IllegalArgumentException("has no number of bits from " + mapped + " to " + (bits + mapped));
		}
		return new Network(address, prefix - mapped);
	}

	/**
	 * Reads an address.
	 * @param text the text, with or without brackets and zone
	 * @return its octets, or {@code null} if it is no address
	 */
	static byte @Nullable [] address(@Nullable String text) {
		if (text == null || text.isEmpty() || text.length() > MAX_TEXT) {
			return null;
		}
		return (text.indexOf(':') >= 0) ? ipv6(text) : ipv4(text);
	}

	private static byte @Nullable [] ipv4(String text) {
		byte[] octets = new byte[IPV4];
		int start = 0;
		for (int i = 0; i < IPV4; i++) {
			int end = (i < IPV4 - 1) ? text.indexOf('.', start) : text.length();
			int octet = (end >= 0) ? number(text, start, end, 0xff) : -1;
			if (octet < 0) {
				return null;
			}
			octets[i] = (byte) octet;
			start = end + 1;
		}
		return octets;
	}

	private static int number(String text, int start, int end, int max) {
		if (start >= end || end - start > 3 || (text.charAt(start) == '0' && end - start > 1)) {
			return -1;
		}
		int number = 0;
		for (int i = start; i < end; i++) {
			char character = text.charAt(i);
			if (character < '0' || character > '9') {
				return -1;
			}
			number = number * 10 + character - '0';
		}
		return (number <= max) ? number : -1;
	}

	/**
	 * In brackets an address is never taken for a name.
	 */
	private static byte @Nullable [] ipv6(String text) {
		boolean brackets = text.startsWith("[") && text.endsWith("]");
		String plain = brackets ? text.substring(1, text.length() - 1) : text;
		int zone = plain.indexOf('%');
		try {
			return InetAddress.getByName("[" + ((zone >= 0) ? plain.substring(0, zone) : plain) + "]").getAddress();
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	boolean contains(byte[] other) {
		if (other.length != this.address.length) {
			return false;
		}
		int whole = this.prefix / Byte.SIZE;
		for (int i = 0; i < whole; i++) {
			if (other[i] != this.address[i]) {
				return false;
			}
		}
		int rest = this.prefix % Byte.SIZE;
		return rest == 0 || (other[whole] ^ this.address[whole]) >> (Byte.SIZE - rest) == 0;
	}

}
