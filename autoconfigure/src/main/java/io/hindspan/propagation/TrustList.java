package io.hindspan.propagation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Everybody, nobody, or those who are in a network or have a name. Immutable.
 */
final class TrustList {

	static final String ALL = "all";

	static final String NONE = "none";

	static final TrustList EVERYBODY = new TrustList(true, List.of(), List.of());

	private static final Pattern NAME = Pattern.compile("(\\*\\.)?[\\w-]+(\\.[\\w-]+)*");

	private static final Pattern NUMERIC = Pattern.compile("[\\d.]+");

	private final boolean all;

	private final Network[] networks;

	private final String[] names;

	private TrustList(boolean all, List<Network> networks, List<String> names) {
		this.all = all;
		this.networks = networks.toArray(Network[]::new);
		this.names = names.toArray(String[]::new);
	}

	/**
	 * Networks only.
	 */
	static TrustList ofNetworks(String property, List<String> entries) {
		return of(property, entries, false);
	}

	/**
	 * Networks, and names of hosts.
	 */
	static TrustList ofHosts(String property, List<String> entries) {
		return of(property, entries, true);
	}

	private static TrustList of(String property, List<String> entries, boolean withNames) {
		List<Network> networks = new ArrayList<>();
		List<String> names = new ArrayList<>();
		boolean all = false;
		for (int i = 0; i < entries.size(); i++) {
			String entry = entries.get(i).trim();
			boolean none = NONE.equalsIgnoreCase(entry);
			if (none || ALL.equalsIgnoreCase(entry)) {
				if (entries.size() > 1) {
					throw wrong(property, i, entry, "Nothing else can stand beside it.");
				}
				all = !none;
			}
			else if (withNames && !NUMERIC.matcher(entry).matches() && NAME.matcher(entry).matches()) {
				names.add(entry.toLowerCase(Locale.ROOT));
			}
			else {
				networks.add(network(property, i, entry, withNames));
			}
		}
		return new TrustList(all, networks, names);
	}

	private static Network network(String property, int index, String entry, boolean withNames) {
		try {
			return Network.of(entry);
		}
		catch (IllegalArgumentException ex) {
			throw wrong(property, index, entry,
					"It " + ex.getMessage() + ". Use networks such as 10.0.0.0/8 or fd00::/8, addresses"
							+ (withNames ? ", names such as tasks.example or *.tasks.example" : "") + ", or '" + ALL
							+ "' or '" + NONE + "' alone.");
		}
	}

	private static InvalidConfigurationPropertyValueException wrong(String property, int index, String entry,
			String remedy) {
		return new InvalidConfigurationPropertyValueException(property + "[" + index + "]", entry, remedy);
	}

	boolean isAll() {
		return this.all;
	}

	boolean hasAddress(byte @Nullable [] address) {
		if (this.all) {
			return true;
		}
		if (address != null) {
			for (Network network : this.networks) {
				if (network.contains(address)) {
					return true;
				}
			}
		}
		return false;
	}

	boolean hasHost(@Nullable String host) {
		if (this.all) {
			return true;
		}
		if (host == null) {
			return false;
		}
		byte[] address = Network.address(host);
		return (address != null) ? hasAddress(address) : hasName(host);
	}

	private boolean hasName(String host) {
		int length = host.endsWith(".") ? host.length() - 1 : host.length();
		for (String name : this.names) {
			int suffix = name.startsWith("*") ? name.length() - 1 : name.length();
			boolean longEnough = name.startsWith("*") ? length > suffix : length == suffix;
			if (longEnough && host.regionMatches(true, length - suffix, name, name.length() - suffix, suffix)) {
				return true;
			}
		}
		return false;
	}

}
