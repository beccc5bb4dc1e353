package io.hindspan.explorer;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.hindspan.explorer.ExplorerProperties.Access;

/**
 * Decides who may ask at all. What matters is what came over the wire: the address of the
 * connection, and headers that no page can forge. Thread-safe.
 *
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
final class Gate {

	/** The page sends it; another site's page cannot without asking first. */
	static final String OWN_HEADER = "x-hindspan";

	private static final Pattern LOCAL_HOST = Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern LOOPBACK = Pattern
		.compile("127(\\.\\d{1,3}){3}|::1|0:0:0:0:0:0:0:1|(::|0:0:0:0:0:)ffff:127(\\.\\d{1,3}){3}");

	private static final Set<String> FORWARDING = Set.of("forwarded", "via", "x-real-ip", "x-client-ip",
			"x-cluster-client-ip", "x-original-forwarded-for", "x-original-host", "x-original-url", "x-rewrite-url",
			"x-originating-ip", "x-remote-ip", "x-remote-addr", "x-proxyuser-ip", "x-envoy-external-address",
			"x-azure-clientip", "x-appengine-user-ip", "true-client-ip", "client-ip", "cf-connecting-ip",
			"fastly-client-ip", "fly-client-ip");

	private final Access access;

	Gate(Access access) {
		this.access = access;
	}

	/**
	 * Whether the text of an address is one of this machine for itself.
	 */
	static boolean isLoopback(@Nullable String address) {
		return address != null && LOOPBACK.matcher(address).matches();
	}

	/**
	 * Checks a request.
	 * @return the refusal, or {@code null} if there is none
	 */
	@Nullable ExplorerResponse refuse(ExplorerRequest request) {
		ExplorerResponse refusal = (this.access == Access.LOOPBACK) ? refuseRemote(request) : refuseStranger(request);
		if (refusal == null) {
			refusal = refuseOtherSite(request);
		}
		if (refusal == null && request.method().equals("DELETE") && !"1".equals(request.value(OWN_HEADER))) {
			refusal = forbidden("Only the page itself may do this: the header X-Hindspan is missing.");
		}
		return refusal;
	}

	private @Nullable ExplorerResponse refuseRemote(ExplorerRequest request) {
		if (!request.loopback()) {
			return forbidden("Only for whoever is on the same machine. For others, have the application authenticate "
					+ "them and set hindspan.explorer.access=secured.");
		}
		if (request.forwarded()) {
			return forbidden(
					"This server takes the caller's address from headers, so nobody knows whose the request is. "
							+ "In development, set server.forward-headers-strategy to framework or none.");
		}
		if (request.headers().keySet().stream().anyMatch(Gate::isForwarding)) {
			return forbidden("Not through a proxy: the request has forwarding headers, so nobody knows whose it is.");
		}
		List<String> hosts = request.values("host");
		if (hosts.size() != 1 || !LOCAL_HOST.matcher(hosts.get(0)).matches()) {
			return forbidden(
					"Only by the names localhost, 127.0.0.1 and [::1], since others may be made to lead here.");
		}
		return null;
	}

	private static boolean isForwarding(String header) {
		String name = header.replace('_', '-');
		return FORWARDING.contains(name) || name.startsWith("x-forwarded");
	}

	private @Nullable ExplorerResponse refuseStranger(ExplorerRequest request) {
		return request.authenticated().getAsBoolean() ? null
				: ExplorerResponse.error(401, "Only for whoever the application has authenticated.");
	}

	private @Nullable ExplorerResponse refuseOtherSite(ExplorerRequest request) {
		List<String> sites = request.values("sec-fetch-site");
		boolean sameOrigin = sites.equals(List.of("same-origin"));
		if (!sites.isEmpty() && !sameOrigin && !(sites.equals(List.of("none")) && isNavigation(request))) {
			return forbidden("Not from another site. Open the page by its address.");
		}
		List<String> origins = request.values("origin");
		if (!origins.isEmpty() && (origins.size() > 1 || !isOwn(origins.get(0), request, sameOrigin))) {
			return forbidden("Not from a page of another origin.");
		}
		return null;
	}

	/**
	 * Somebody has typed the address, or chosen a bookmark.
	 */
	private static boolean isNavigation(ExplorerRequest request) {
		List<String> modes = request.values("sec-fetch-mode");
		return request.method().equals("GET") && modes.equals(List.of("navigate"));
	}

	/**
	 * Behind a proxy, which the application may know or not, the browser knows best
	 * whether the origin is the page's own.
	 */
	private boolean isOwn(String origin, ExplorerRequest request, boolean sameOrigin) {
		String host = request.value("host");
		if (host != null && isOf(origin, host)) {
			return true;
		}
		return this.access == Access.SECURED && !origin.equals("null") && (sameOrigin || isOf(origin, request.host()));
	}

	private static boolean isOf(String origin, String host) {
		try {
			URI own = URI.create(origin);
			String scheme = own.getScheme();
			if (scheme == null || own.getHost() == null || !Set.of("http", "https").contains(scheme)
					|| !origin.equals(scheme + "://" + own.getRawAuthority()) || own.getRawUserInfo() != null) {
				return false;
			}
			URI asked = URI.create(scheme + "://" + host);
			return own.getHost().equals(String.valueOf(asked.getHost()).toLowerCase(Locale.ROOT))
					&& port(own) == port(asked);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static int port(URI uri) {
		if (uri.getPort() >= 0) {
			return uri.getPort();
		}
		return "https".equals(uri.getScheme()) ? 443 : 80;
	}

	private static ExplorerResponse forbidden(String message) {
		return ExplorerResponse.error(403, message);
	}

}
