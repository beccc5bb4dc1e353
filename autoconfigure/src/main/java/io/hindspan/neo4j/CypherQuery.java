package io.hindspan.neo4j;

import org.jspecify.annotations.Nullable;

import io.hindspan.sql.SqlNames;

/**
 * What a Cypher text does, without the values in it.
 *
 * @param operation the first clause that reads or writes, in upper case, or {@code null}
 * if it is none that is known
 * @param label the one label or type that the query names, or {@code null} where there is
 * none or there are several
 * @param summary the clauses and labels in the order of the text, or {@code null}
 * @param text the text without values
 */
record CypherQuery(@Nullable String operation, @Nullable String label, @Nullable String summary, String text) {

	private static final String UNKNOWN = "QUERY";

	/**
	 * The name of the span, of low cardinality.
	 */
	String spanName() {
		if (this.operation == null) {
			return UNKNOWN;
		}
		return (this.label != null) ? this.operation + " " + SqlNames.withoutNumbers(this.label) : this.operation;
	}

}
