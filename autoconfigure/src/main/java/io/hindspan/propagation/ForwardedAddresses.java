package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The addresses that the forwarding headers of a request name. Each proxy on the way adds
 * the one that it saw, so only all of them together say who is behind it: the first,
 * which is what most servers take, may be the caller's own invention. Immutable.
 */
final class ForwardedAddresses {

	/** Finds no less than those who take the caller's address from there. */
	private static final Pattern FOR = Pattern.compile("for=\"?([^\";,]+)", Pattern.CASE_INSENSITIVE);

	private static final Pattern COMMA = Pattern.compile(",");

	private final List<byte @Nullable []> addresses = new ArrayList<>();

	private final List<byte @Nullable []> firsts = new ArrayList<>();

	/**
	 * Reads the headers.
	 * @param forwarded the values of {@code Forwarded}
	 * @param forwardedFor the values of {@code X-Forwarded-For}
	 */
	ForwardedAddresses(Iterable<String> forwarded, Iterable<String> forwardedFor) {
		Matcher elements = FOR.matcher(String.join(",", forwarded));
		for (boolean first = true; elements.find(); first = false) {
			add(elements.group(1), first);
		}
		boolean first = true;
		for (String element : COMMA.split(String.join(",", forwardedFor))) {
			if (!element.isBlank()) {
				add(element, first);
				first = false;
			}
		}
	}

	private void add(String element, boolean first) {
		byte[] address = Network.address(withoutPort(element.trim()));
		this.addresses.add(address);
		if (first) {
			this.firsts.add(address);
		}
	}

	private static String withoutPort(String text) {
		int colon = text.lastIndexOf(':');
		boolean hasPort = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
		return hasPort ? text.substring(0, colon) : text;
	}

	/**
	 * Whether one of the headers begins with an address, so that it may be from there.
	 */
	boolean beginWith(byte @Nullable [] address) {
		return address != null && this.firsts.stream().anyMatch((first) -> Arrays.equals(first, address));
	}

	/**
	 * Whether all are in a list. What is no address is in none.
	 */
	boolean areIn(TrustList list) {
		return this.addresses.stream().allMatch(list::hasAddress);
	}

}
