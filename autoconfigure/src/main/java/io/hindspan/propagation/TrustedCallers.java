package io.hindspan.propagation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Whose trace headers are believed, by where the request comes from. A caller without an
 * address that is known is believed only where everybody is. Thread-safe.
 */
public final class TrustedCallers {

	private final TrustList list;

	TrustedCallers(TrustList list) {
		this.list = list;
	}

	/**
	 * Everybody.
	 * @return the callers
	 */
	public static TrustedCallers everybody() {
		return new TrustedCallers(TrustList.EVERYBODY);
	}

	/**
	 * Whether a caller is believed.
	 * @param address the text of his address, or {@code null} if it is not known
	 * @return {@code true} if he is
	 */
	public boolean trust(@Nullable String address) {
		return this.list.isAll() || this.list.hasAddress(Network.address(address));
	}

	/**
	 * Whether a caller is believed.
	 * @param address his address, or {@code null} if it is not known
	 * @return {@code true} if he is
	 */
	public boolean trust(@Nullable SocketAddress address) {
		InetAddress inet = (address instanceof InetSocketAddress socket) ? socket.getAddress() : null;
		return this.list.hasAddress((inet != null) ? inet.getAddress() : null);
	}

	/**
	 * Whether nobody needs to be asked for his address.
	 * @return {@code true} if everybody is believed
	 */
	public boolean trustEverybody() {
		return this.list.isAll();
	}

}
