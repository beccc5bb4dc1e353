package io.hindspan.propagation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;

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
	 * Whether everybody on a request's way is believed.
	 * @param addresses the texts of the caller's address, from the one that the
	 * application is told to that of the connection, which are one where nothing else is
	 * known
	 * @param forwarded the values of the header {@code Forwarded}
	 * @param forwardedFor the values of the header {@code X-Forwarded-For}
	 * @return {@code false} if one of the addresses is not believed, or the first is from
	 * one of the headers and they name somebody who is not
	 */
	public boolean trustWay(List<@Nullable String> addresses, Iterable<String> forwarded,
			Iterable<String> forwardedFor) {
		if (this.list.isAll()) {
			return true;
		}
		for (String address : addresses) {
			if (!trust(address)) {
				return false;
			}
		}
		ForwardedAddresses way = new ForwardedAddresses(forwarded, forwardedFor);
		boolean told = new HashSet<>(addresses).size() > 1 || way.beginWith(Network.address(addresses.get(0)));
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
