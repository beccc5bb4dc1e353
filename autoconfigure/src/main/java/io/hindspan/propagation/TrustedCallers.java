package io.hindspan.propagation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;

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
	 * Whether everybody on a request's way is believed, where forwarding headers tell it.
	 * @param address the text of the caller's address, or {@code null} if it is not known
	 * @param peer the text of the address that the request was sent from, the same as the
	 * other one where that is all that is known
	 * @param forwarded the values of the header {@code Forwarded}
	 * @param forwardedFor the values of the header {@code X-Forwarded-For}
	 * @return {@code false} if the caller's address is from one of the headers, and they
	 * name somebody who is not believed
	 */
	public boolean trustWay(@Nullable String address, @Nullable String peer, Iterable<String> forwarded,
			Iterable<String> forwardedFor) {
		if (this.list.isAll()) {
			return true;
		}
		ForwardedAddresses way = new ForwardedAddresses(forwarded, forwardedFor);
		boolean told = !Objects.equals(address, peer) || way.beginWith(Network.address(address));
		return !told || way.areIn(this.list);
	}

	/**
	 * Whether nobody needs to be asked for his address.
	 * @return {@code true} if everybody is believed
	 */
	public boolean trustEverybody() {
		return this.list.isAll();
	}

}
