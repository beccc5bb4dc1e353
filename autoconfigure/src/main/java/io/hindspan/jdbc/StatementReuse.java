package io.hindspan.jdbc;

import io.hindspan.sql.DatabaseSystem;

/**
 * Which statements the driver or the database may keep under their text, to do less when
 * the same text comes again. What the URL does not rule out is taken to be so: drivers
 * tell nobody about properties that they were given beside it.
 */
enum StatementReuse {

	/** Every statement, for example in the plan cache of the server. */
	ALL,

	/** Prepared statements. */
	PREPARED,

	/** None. */
	NONE;

	/**
	 * Reads a JDBC URL.
	 * @param system the product that it leads to
	 * @param url the URL
	 */
	static StatementReuse of(DatabaseSystem system, String url) {
		return switch (system) {
			case POSTGRESQL -> {
				if (says(url, "preferQueryMode=extendedCacheEverything")) {
					yield ALL;
				}
				yield says(url, "preparedStatementCacheQueries=0") ? NONE : PREPARED;
			}
			case MYSQL, MARIADB -> says(url, "cachePrepStmts=false") ? NONE : PREPARED;
			default -> ALL;
		};
	}

	private static boolean says(String url, String setting) {
		for (int at = url.indexOf(setting); at > 0; at = url.indexOf(setting, at + 1)) {
			int end = at + setting.length();
			if ("?&;".indexOf(url.charAt(at - 1)) >= 0 && (end == url.length() || "&;".indexOf(url.charAt(end)) >= 0)) {
				return true;
			}
		}
		return false;
	}

}
